// swift-tools-version: 6.2
import PackageDescription

/// The same rules for every target: no implicit existentials, imports stay private to the file that names them.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Tests are compiled twice as fast without being optimised, and run as fast: what they test is optimised.
let testSettings: [SwiftSetting] = settings + [.unsafeFlags(["-Onone"])]

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let http: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")

func cLibrary(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(
        name: name,
        dependencies: dependencies + ["TestSupport", subprocess, system],
        resources: resources,
        swiftSettings: testSettings
    )
}

// The arrows of docs/architecture.md: a target exists to forbid imports.
let package = Package(
    name: "wafer",
    products: [.executable(name: "wafer", targets: ["wafer"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        .systemLibrary(name: "CBzip2", providers: [.apt(["libbz2-dev"])]),
        cLibrary("CISAL", pkgConfig: "libisal", apt: "libisal-dev"),
        cLibrary("CLibdeflate", pkgConfig: "libdeflate", apt: "libdeflate-dev"),
        .systemLibrary(name: "CLinux"),
        cLibrary("CLZMA", pkgConfig: "liblzma", apt: "liblzma-dev"),
        cLibrary("COpenSSL", pkgConfig: "libcrypto", apt: "libssl-dev"),
        cLibrary("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
        cLibrary("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
        cLibrary("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),

        library(
            "Plumbing",
            ["CBzip2", "CISAL", "CLZMA", "CLibdeflate", "CLinux", "COpenSSL", "CZlib", "CZstd", system]
        ),
        library("OCI", ["Plumbing"]),
        library("Recipes", ["OCI", "Plumbing", yams]),
        library(
            "Registry",
            [
                "OCI", "Plumbing", http, nioCore, nioHTTP1, nioPosix, nioSSL, logging, subprocess, system,
                yams,
            ]
        ),
        library("Layers", ["OCI", "Plumbing"]),
        library("CVMFS", ["Plumbing", "CLinux", "COpenSSL", "CSQLite", system, logging]),
        library("StockServer", ["CVMFS", "Plumbing", "CLinux", logging, subprocess, system]),
        library(
            "State",
            [
                "Plumbing",
                .product(name: "GRDB", package: "GRDB.swift"),
                system, logging,
            ]
        ),
        library(
            "Conversion",
            [
                "CVMFS", "Layers", "OCI", "Plumbing", "Recipes", "Registry", "State", "StockServer", "CLinux", logging,
                system,
            ]
        ),
        .executableTarget(
            name: "wafer",
            dependencies: [
                "Conversion", "CVMFS", "Layers", "OCI", "Plumbing", "Recipes", "Registry", "State", "StockServer",
                "Terminal",
                logging, system,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),
        library("Terminal", ["Plumbing", system]),
        library("TestSupport", ["CVMFS", "OCI", "Plumbing", nioCore, nioHTTP1, nioPosix, system, subprocess, logging]),

        tests("PlumbingTests", ["Plumbing"]),
        tests("OCITests", ["OCI", "Plumbing"]),
        tests("RecipesTests", ["Recipes", "OCI", "Plumbing"]),
        tests("RegistryTests", ["Registry", "OCI", "Plumbing", http, nioCore, nioHTTP1, logging]),
        tests("LayersTests", ["Conversion", "Layers", "OCI", "Plumbing"], resources: [.copy("Fixtures")]),
        tests("CVMFSTests", ["CVMFS", "StockServer", "Plumbing", logging], resources: [.copy("Fixtures")]),
        tests("StateTests", ["State", "Plumbing", "CSQLite", logging]),
        tests(
            "ConversionTests",
            [
                "Conversion", "CVMFS", "Layers", "OCI", "Plumbing", "Recipes", "Registry", "State", "StockServer",
                logging,
            ]
        ),
        tests("TerminalTests", ["Terminal", "Plumbing"]),
        tests("CommandTests", ["OCI", "Plumbing"], resources: [.copy("Fixtures")]),
    ],
    swiftLanguageModes: [.v6]
)
