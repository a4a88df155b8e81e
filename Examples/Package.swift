// swift-tools-version: 6.3
// A package of its own, as a client of the library has it: all that its programs know of Sluice is the product.
import PackageDescription

let package = Package(
  name: "Examples",
  dependencies: [
    .package(name: "Sluice", path: "../"),
    // For `FilePath`.
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    .executableTarget(
      name: "StageCounts",
      dependencies: [
        .product(name: "Sluice", package: "Sluice"), .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: [
        .swiftLanguageMode(.v6), .strictMemorySafety(), .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
      ])
  ]
)
