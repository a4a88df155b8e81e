// Why a run may not write where it was told to.

package import SystemPackage

/// A refusal of the output directory, before or instead of touching it.
package struct OutputError: Error, Hashable, Sendable {
  /// What is wrong; more may be added.
  package struct Code: Hashable, Sendable {
    /// The code as it stands in `--stats json`.
    package let name: String

    /// The directory has something in it and `--overwrite` was not given.
    package static let notEmpty = Code(name: "output-not-empty")
    /// The directory has something in it that isn't Sluice's.
    package static let notOurs = Code(name: "output-not-ours")
    /// Another run is writing there.
    package static let inUse = Code(name: "output-in-use")
    /// What has that name is no directory.
    package static let notADirectory = Code(name: "output-not-a-directory")
    /// No directory can have that name.
    package static let badPath = Code(name: "output-bad-path")
    /// A file was still being written when the run wanted to commit.
    package static let unfinished = Code(name: "output-unfinished")
  }

  /// What is wrong.
  package let code: Code
  /// The directory or file, as the user gave it.
  package let path: FilePath

  init(_ code: Code, _ path: FilePath) {
    self.code = code
    self.path = path
  }

  /// What the user can do about it, if anything.
  package var hint: String? {
    switch code {
    case .notEmpty:
      "Use --overwrite to replace it once the new output is complete, or choose another directory."
    case .notOurs: "Choose another directory, or empty this one yourself."
    case .inUse: "Wait for the other run, or choose another directory."
    case .unfinished: "This is a mistake in sluice: please report it with the whole command."
    default: "Choose another directory."
    }
  }
}

extension OutputError: CustomStringConvertible {
  /// One line for people.
  package var description: String {
    switch code {
    case .notEmpty: "\(path): the directory is not empty"
    case .notOurs: "\(path): the directory is not empty and has no manifest of Sluice"
    case .inUse: "\(path): another run is writing there"
    case .notADirectory: "\(path): not a directory"
    case .badPath: "\(path): no directory can be made by that name"
    default: "\(path): still being written when the run was done"
    }
  }
}
