// swift-tools-version: 6.3
// A package of its own, since it links only with libFuzzer, which `scripts/fuzz-guided.sh` asks for on the
// command line: flags that make a package unfit to depend on stand in no manifest.
import PackageDescription

let package = Package(
  name: "Fuzzing",
  dependencies: [.package(name: "Sluice", path: "../")],
  targets: [
    .target(name: "CLibFuzzer"),
    .executableTarget(
      name: "guided-fuzz",
      dependencies: ["CLibFuzzer", .product(name: "FuzzChecks", package: "Sluice")],
      swiftSettings: [
        .swiftLanguageMode(.v6), .strictMemorySafety(), .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
      ]),
  ]
)
