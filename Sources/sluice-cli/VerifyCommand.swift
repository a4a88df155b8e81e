// `sluice verify`: an output read again and compared with its manifest.

import ArgumentParser
import Sluice
import Storage

/// Checks an output directory.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Read every file of an output again and compare it with the manifest.",
    discussion: """
      Names each file that is missing or extra, or whose size, hash, rows or frame is not what the manifest \
      says. The exit status is 0 if all is well, 2 if not.
      """)

  @Argument(help: ArgumentHelp("A directory that sluice run made.", valueName: "dir"))
  var directory: String

  @Flag(help: "Write the result as JSON on standard output.")
  var json = false

  func run() throws {
    let result: VerifyResult
    do throws(RunError) {
      result = try Verification(directory: directory, workers: CurrentProcess.processors).run()
    } catch {
      Messages.write(error)
      throw ExitCode(2)
    }
    if json {
      print(result.json)
    } else {
      for (path, problem) in result.problems { print("\(problem.rawValue)\t\(path)") }
      if result.isOK {
        print(
          "\(directory): \(result.filesRead) files, \(Units.bytes(result.bytesRead)), all as the manifest says"
        )
      } else {
        Messages.write(
          "sluice: error: \(directory): \(result.problems.count) files are not as the manifest says")
        Messages.write("  hint: Run again with --overwrite, or fetch the files anew.")
      }
    }
    if !result.isOK { throw ExitCode(2) }
  }
}
