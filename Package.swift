// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "Sluice",
  products: [
    .library(name: "Sluice", targets: ["Sluice"]),
    // For Benchmarks/ alone: the modules that Sluice is made of are no API.
    .library(
      name: "SluiceParts",
      targets: ["Storage", "Compression", "ByteScan", "JSONEvents", "ExportGenerator"]),
    // For Fuzzing/ alone.
    .library(name: "FuzzChecks", targets: ["FuzzChecks"]),
    .executable(name: "sluice", targets: ["sluice-cli"]),
    .executable(name: "generate-export", targets: ["generate-export"]),
    .executable(name: "measure-limits", targets: ["measure-limits"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    // What C there is: four system libraries, the scan kernels, and the calls Swift cannot make itself.
    .systemLibrary(name: "CYajl", pkgConfig: "yajl", providers: [.apt(["libyajl-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(name: "CByteScan"),
    .target(name: "CStorage"),

    // The data's path, left to right.
    .target(
      name: "Storage",
      dependencies: ["CStorage", .product(name: "SystemPackage", package: "swift-system")],
      swiftSettings: strict),
    .target(
      name: "Compression", dependencies: ["CZstd", "CZlib", "Pipeline", "Storage"], swiftSettings: strict),
    .target(name: "ByteScan", dependencies: ["CByteScan"], swiftSettings: strict),
    .target(name: "Sharding", dependencies: ["ByteScan"], swiftSettings: strict),
    .target(name: "Pipeline", swiftSettings: strict),
    .target(name: "JSONEvents", dependencies: ["CYajl"], swiftSettings: strict),
    .target(name: "Hashing", dependencies: ["CCrypto"], swiftSettings: strict),
    .target(
      name: "Sluice",
      dependencies: [
        "Storage", "Compression", "ByteScan", "Sharding", "Pipeline", "JSONEvents", "Hashing",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "sluice-cli",
      dependencies: [
        "Sluice", "ByteScan", "Compression", "Pipeline", "Storage",
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    // The program in Examples/, which is a package of its own, so that tests can run it.
    .executableTarget(
      name: "example-stage-counts",
      dependencies: ["Sluice", .product(name: "SystemPackage", package: "swift-system")],
      path: "Examples/Sources/StageCounts",
      swiftSettings: strict),

    // Exports to test and measure with, made from a seed.
    .target(name: "ExportGenerator", path: "Tools/ExportGenerator", swiftSettings: strict),
    .executableTarget(
      name: "generate-export",
      dependencies: [
        "ExportGenerator", "Storage", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tools/generate-export", swiftSettings: strict),
    // What reading, scanning and yajl alone cost.
    .executableTarget(
      name: "measure-limits",
      dependencies: [
        "ByteScan", "JSONEvents", "Pipeline", "Sharding", "Storage",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      path: "Tools/measure-limits", swiftSettings: strict),

    // What tests of several targets read and do: Fixtures/conformance, and texts in pieces.
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(name: "StorageTests", dependencies: ["Storage"], swiftSettings: strict),
    .testTarget(
      name: "CompressionTests", dependencies: ["Compression", "Pipeline", "Storage"], swiftSettings: strict),
    .testTarget(name: "ByteScanTests", dependencies: ["ByteScan", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "ShardingTests", dependencies: ["Sharding", "ByteScan"], swiftSettings: strict),
    .testTarget(name: "PipelineTests", dependencies: ["Pipeline"], swiftSettings: strict),
    .testTarget(name: "JSONEventsTests", dependencies: ["JSONEvents", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "HashingTests", dependencies: ["Hashing"], swiftSettings: strict),
    .testTarget(name: "GeneratorTests", dependencies: ["ExportGenerator"], swiftSettings: strict),
    .testTarget(
      name: "SluiceTests",
      dependencies: [
        "Sluice", "ExportGenerator", "TestSupport", "JSONEvents", "ByteScan", "Compression", "Storage",
      ],
      swiftSettings: strict),
    // What a fuzzer asks of one input: of libFuzzer's in Fuzzing/, and of those that FuzzTests makes or has kept.
    .target(
      name: "FuzzChecks",
      dependencies: [
        "Sluice", "ByteScan", "Sharding", "JSONEvents", "Compression", "Storage", "Hashing", "TestSupport",
      ],
      path: "Tests/FuzzChecks", swiftSettings: strict),
    .testTarget(
      name: "FuzzTests",
      dependencies: [
        "FuzzChecks", "Sluice", "ExportGenerator", "ByteScan", "Sharding", "JSONEvents", "Compression",
        "Storage",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "CommandTests", dependencies: ["ExportGenerator", "sluice-cli", "example-stage-counts"],
      swiftSettings: strict),
  ]
)
