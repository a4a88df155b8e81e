// The command. What it says to people is here; what it does is in the library.

import ArgumentParser
import Glibc
import Sluice
import Storage

/// The command `sluice`.
@main
struct SluiceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sluice",
    abstract: "Turn Ango Hub exports of any size into compressed JSON Lines partitions.",
    discussion: """
      EXAMPLES
        sluice run export.json -o lake --stage Complete --partition-by batch
        sluice run export.zip --output - --title Car --prune | jq .externalId
        sluice verify lake
        sluice inspect export.zip
        sluice bench export.json --stage Complete

      EXIT STATUS
        0         done; also when the reader of standard output went away
        1         done, but assets were skipped or rejected, statistics could not
                  be written, or the new output may not survive a power cut
        2         failed, and nothing was committed; verify: something is damaged
        64        the command line is wrong, or there is none
        129, 130, 143, 152
                  interrupted by HUP, INT, TERM, XCPU; nothing is left behind
      """,
    version: SluiceVersion.text,
    subcommands: [RunCommand.self, VerifyCommand.self, InspectCommand.self, BenchCommand.self])

  static func main() {
    StandardDescriptors.occupyClosed()
    // A reader that goes away is told by the write that fails.
    _ = signal(SIGPIPE, SIG_IGN)
    // Likewise a file that may grow no more.
    _ = signal(SIGXFSZ, SIG_IGN)
    guard let arguments = ProgramArguments.bytes?.map(ArgumentText.encode) else {
      fail("the command line cannot be read", hint: "The C library of this system does not hand it over.")
    }
    do {
      let typed = Array(arguments.dropFirst())
      var command = try parseAsRoot(typed)
      if command is Self { throw ValidationError("no command was given") }
      try RepeatedOptions.check(typed)
      try command.run()
    } catch let status as ExitCode {
      Glibc.exit(status.rawValue)
    } catch {
      if exitCode(for: error) == .success { say(fullMessage(for: error)) }
      let text = message(for: error)
      fail(text, hint: UsageHint.text(for: text, arguments, commands))
    }
  }

  /// Writes what was asked for, such as the help, and ends.
  private static func say(_ text: String) -> Never {
    let isWritten = (try? StandardOutput.emit(text + "\n")) != nil
    Glibc.exit(isWritten ? 0 : 2)
  }

  /// Says what is wrong with the command line, and ends.
  private static func fail(_ text: String, hint: String) -> Never {
    Messages.emit(ArgumentText.shown("sluice: error: \(text)\n  hint: \(hint)\n"))
    Glibc.exit(64)
  }

  private static var commands: [String] { configuration.subcommands.map { $0._commandName } }
}

/// What to do about a wrong command line.
enum UsageHint {
  /// The hint for a message about `arguments`, the first of which is the command itself.
  static func text(for message: String, _ arguments: [String], _ commands: [String]) -> String {
    for (option, value) in zip(arguments, arguments.dropFirst())
    where option.hasPrefix("--") && value.hasPrefix("-") && message.contains("'\(option) ") {
      return "A value that starts with a dash is written \(option)=\(value)."
    }
    if let hint = TypedPath.hint(for: message) { return hint }
    if arguments.count > 1, commands.contains(arguments[1]) {
      return "'sluice \(arguments[1]) --help' shows every option."
    }
    return "The commands are \(commands.joined(separator: ", ")); 'sluice COMMAND --help' shows every option."
  }
}

/// Lines for people, on standard error.
enum Messages {
  /// Writes a line, whatever is in it.
  static func write(_ line: String) { emit(line.shown + "\n") }

  /// Writes text as it is.
  static func emit(_ text: String) {
    var text = text
    // Where standard error cannot be written to, nobody is there to be told.
    text.withUTF8 { _ = unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// Writes what failed, where and what to do.
  static func write(_ error: RunError) {
    write("sluice: error: \(error)")
    if let hint = error.inCommandWords.hint { write("  hint: \(hint)") }
  }
}
