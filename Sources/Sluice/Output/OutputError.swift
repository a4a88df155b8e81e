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
    /// The directory has something in it and no manifest.
    package static let notOurs = Code(name: "output-not-ours")
    /// The directory's manifest is not one of ours, or is damaged.
    package static let badManifest = Code(name: "output-bad-manifest")
    /// An input lies in the directory that is to be replaced.
    package static let holdsInput = Code(name: "output-holds-input")
    /// The directory that is to be replaced holds something that its manifest does not list.
    package static let holdsForeign = Code(name: "output-holds-foreign")
    /// Temporary files would lie in the directory that is made or replaced as a whole.
    package static let holdsTemporary = Code(name: "output-holds-temporary")
    /// The new output has no rows, and the one that it would replace has some.
    package static let wouldEmpty = Code(name: "output-would-empty")
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
  /// The output directory as the user gave it, where `path` is something in it.
  package let directory: FilePath?
  /// Whether there is more in it like `path`.
  package let hasMore: Bool

  init(_ code: Code, _ path: FilePath, directory: FilePath? = nil, hasMore: Bool = false) {
    self.code = code
    self.path = path
    self.directory = directory
    self.hasMore = hasMore
  }

  /// What the user can do about it, if anything.
  package var hint: String? {
    switch code {
    case .notEmpty:
      "Use `overwrite` to replace it once the new output is complete, or choose another directory."
    case .notOurs: "Choose another directory, or empty this one yourself."
    case .badManifest:
      "Choose another directory, or remove this one yourself; 'sluice verify' says what is wrong with it."
    case .holdsInput: "Write to another directory, or move the input out of \(directory ?? path)."
    case .holdsForeign: "Move what is yours out of \(directory ?? path), or choose another directory."
    case .holdsTemporary: "Name another directory as `temporaryDirectory`, or leave it out."
    case .wouldEmpty:
      "Look at the input and the filters; if there is to be nothing left, say so with `allowEmpty`."
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
    case .badManifest:
      "\(path): the manifest is damaged or not of Sluice, so nobody can say what may be replaced"
    case .holdsInput: "\(path): the input lies in \(directory ?? ""), which would be replaced"
    case .holdsForeign:
      "\(path): not written by Sluice\(hasMore ? ", nor are others" : ""), so \(directory ?? "") is not replaced"
    case .holdsTemporary:
      "\(path): temporary files cannot lie in \(directory ?? ""), which appears as a whole"
    case .wouldEmpty: "\(path): the result has no rows, and the output that it would replace has some"
    case .inUse: "\(path): another run is writing there"
    case .notADirectory: "\(path): not a directory"
    case .badPath: "\(path): no directory can be made by that name"
    default: "\(path): still being written when the run was done"
    }
  }
}

extension OutputError: RunErrorConvertible {
  var runError: RunError { RunError(.output, description, hint: hint) }
}
