// `sluice verify`: an output read again and compared with its manifest.

import ArgumentParser
import Sluice
import Storage
import SystemPackage

/// Checks an output directory.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Read every file of an output again and compare it with the manifest.",
    discussion: """
      Names each file that is missing or extra, or whose size, hash, rows or frame is not what the manifest \
      says. The exit status is 0 if all is well, 2 if not.
      """)

  @Argument(help: ArgumentHelp("A directory that sluice run made.", valueName: "dir"), completion: .directory)
  var directory: FilePath

  @Flag(help: "Write the result as JSON on standard output.")
  var json = false

  @Option(help: ArgumentHelp("How many threads work at a time. (default: one a processor)", valueName: "n"))
  var workers: Int?

  func validate() throws {
    try TypedPath.check([directory])
    if let workers, !(1...200).contains(workers) {
      throw ValidationError("--workers takes 1 to 200, not \(workers)")
    }
  }

  func run() throws {
    let outcome: VerifyOutcome
    do {
      try checkIsOutput()
      outcome = try Verifier(directory: directory).execute(workers: workers)
    } catch {
      Messages.write(RunError(error))
      throw ExitCode(2)
    }
    try StandardOutput.emit(json ? outcome.json() : outcome.text(directory: directory.string))
    if outcome.isOK { return }
    Messages.write("sluice: error: \(directory): not as the manifest says")
    Messages.write("  hint: Write it again with 'sluice run --overwrite', or fetch the files anew.")
    throw ExitCode(2)
  }

  private func checkIsOutput() throws {
    guard let status = try FileStatus(of: directory, followingLinks: true) else {
      throw RunError(.output, "\(directory): no such directory", hint: Self.hint)
    }
    if status.kind != .directory { throw RunError(.output, "\(directory): not a directory", hint: Self.hint) }
    if try Directory.list(Path.resolve(directory)).allSatisfy({
      $0.name != "manifest.json" && $0.name != "data"
    }) {
      throw RunError(.output, "\(directory): no output of sluice", hint: Self.hint)
    }
  }

  private static let hint = "Name a directory that 'sluice run --output' made."
}
