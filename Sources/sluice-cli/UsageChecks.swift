// What is wrong with a command line and the parser does not see: an address where a path belongs, an option with
// one value that is given twice.

import ArgumentParser
import Sluice
import Storage
import SystemPackage

/// Paths as they are typed.
enum TypedPath {
  /// Refuses addresses.
  ///
  /// - Throws: `ValidationError`.
  static func check(_ paths: [FilePath?]) throws {
    for case let path? in paths {
      if let refusal = Address.refusal(of: path) { throw ValidationError(refusal) }
    }
  }

  /// What to write instead of the address that a message is about; nil for other messages.
  static func hint(for message: String) -> String? {
    guard let end = message.firstRange(of: "' is an address"), message.hasPrefix("'") else { return nil }
    let typed = message[message.index(after: message.startIndex)..<end.lowerBound]
    if typed.lowercased().hasPrefix("file://") { return "Write the path alone, without file://." }
    return "Copy it with another tool, to or from a path; a path of that name is written ./\(typed)."
  }
}

/// Options that are given more often than they have values.
enum RepeatedOptions {
  /// Those that take one value, by their long names.
  ///
  /// A test holds them against the declarations.
  static let single: Set<String> = [
    "--sample", "--updated-since", "--updated-before", "--rows", "--history", "--limit", "--output",
    "--compression", "--level", "--long", "--target-size", "--name", "--on-error", "--progress", "--stats",
    "--workers", "--memory", "--temp", "--engine", "--kernel", "--block-size", "--validate", "--max-depth",
    "--max-input-size", "--html", "--ddl", "--seconds",
  ]

  /// Refuses an option with one value that stands there twice: nobody can say which was meant.
  ///
  /// - Parameter arguments: What was typed, and the parser has taken.
  /// - Throws: `ValidationError`.
  static func check(_ arguments: [String]) throws {
    var seen: Set<String> = []
    // A value that is an argument of its own never begins with a dash, unless it is one.
    for argument in arguments.prefix(while: { $0 != "--" }) {
      for name in names(in: argument) where single.contains(name) && !seen.insert(name).inserted {
        throw ValidationError("\(name) stands twice, and takes one value")
      }
    }
  }

  /// The options that an argument names; `-qo` names two.
  private static func names(in argument: String) -> [String] {
    let name = String(argument.prefix { $0 != "=" })
    if name.hasPrefix("--") { return [name] }
    guard name.hasPrefix("-") else { return [] }
    return name.dropFirst().compactMap { $0 == "o" ? "--output" : nil }
  }
}
