// The command. What it says to people is here; what it does is in the library.

import ArgumentParser
import Glibc
import Sluice

/// The command `sluice`.
@main
struct SluiceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sluice",
    abstract: "Turn Ango Hub exports of any size into compressed JSON Lines partitions.",
    discussion: """
      EXAMPLES
        sluice run export.json --output lake --stage Complete --partition-by stage,batch
        sluice run export.zip --output - --title Car --prune | jq .externalId
        sluice verify lake
        sluice inspect export.zip

      EXIT STATUS
        0         done; also when the reader of standard output went away
        1         done, but assets were skipped or rejected
        2         failed, and nothing was committed; verify: something is damaged
        64        the command line is wrong
        130, 143  interrupted; nothing is left behind
      """,
    version: SluiceVersion.text,
    subcommands: [RunCommand.self, VerifyCommand.self, InspectCommand.self])

  static func main() {
    // A reader that goes away is told by the write that fails.
    _ = signal(SIGPIPE, SIG_IGN)
    // Likewise a file that may grow no more.
    _ = signal(SIGXFSZ, SIG_IGN)
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let status as ExitCode {
      Glibc.exit(status.rawValue)
    } catch {
      let status = exitCode(for: error)
      if status == .success {
        print(fullMessage(for: error))
        Glibc.exit(0)
      }
      Messages.write("sluice: error: \(message(for: error))")
      Messages.write("  hint: 'sluice run --help' shows every option; so do those of verify and inspect.")
      Glibc.exit(64)
    }
  }
}

/// Lines for people, on standard error.
enum Messages {
  /// Writes a line.
  static func write(_ line: String) { emit(line + "\n") }

  /// Writes text as it is.
  static func emit(_ text: String) {
    var text = text
    // Where standard error cannot be written to, nobody is there to be told.
    text.withUTF8 { _ = unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// Writes what failed, where and what to do.
  static func write(_ error: RunError) {
    var place = ""
    if let position = error.position {
      let input = position.entry.map { "\(position.input) (entry \($0))" } ?? position.input
      place =
        "\(input): byte \(position.byte) (line \(position.line), column \(position.column)), asset \(position.asset): "
    }
    write("sluice: error: \(place)\(error.message)")
    if let hint = error.hint { write("  hint: \(hint)") }
  }
}
