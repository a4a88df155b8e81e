// swift-tools-version: 6.3
// A package of its own, so that who builds Sluice needs nothing of this. `traits: []` leaves out the counting of
// allocations, whose library is not needed.
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "Benchmarks",
  dependencies: [
    .package(name: "Sluice", path: "../"),
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.0", traits: []),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    .target(
      name: "BenchmarkSupport",
      dependencies: [
        .product(name: "SluiceParts", package: "Sluice"), .product(name: "Benchmark", package: "benchmark"),
      ],
      swiftSettings: settings),
    // Each step of a run alone, over bytes in memory.
    .executableTarget(
      name: "StepBenchmarks",
      dependencies: [
        "BenchmarkSupport", .product(name: "SluiceParts", package: "Sluice"),
        .product(name: "Benchmark", package: "benchmark"),
      ],
      path: "Benchmarks/StepBenchmarks", swiftSettings: settings,
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    // Whole runs over files, into directories.
    .executableTarget(
      name: "RunBenchmarks",
      dependencies: [
        "BenchmarkSupport", .product(name: "Sluice", package: "Sluice"),
        .product(name: "SluiceParts", package: "Sluice"), .product(name: "Benchmark", package: "benchmark"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      path: "Benchmarks/RunBenchmarks", swiftSettings: settings,
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
  ]
)
