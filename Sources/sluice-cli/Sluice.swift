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
        sluice run export.json --output lake --stage Complete --partition-by stage,batch
        sluice run export.zip --output - --title Car --prune | jq .externalId
        sluice verify lake
        sluice inspect export.zip
        sluice bench export.json --stage Complete

      EXIT STATUS
        0         done; also when the reader of standard output went away
        1         done, but assets were skipped or rejected
        2         failed, and nothing was committed; verify: something is damaged
        64        the command line is wrong
        130, 143  interrupted; nothing is left behind
      """,
    version: SluiceVersion.text,
    subcommands: [RunCommand.self, VerifyCommand.self, InspectCommand.self, BenchCommand.self])

  /// The command line, the command itself first.
  private static let arguments: [String] = {
    unsafe UnsafeBufferPointer(start: CommandLine.unsafeArgv, count: Int(CommandLine.argc)).compactMap {
      argument in
      unsafe argument.map {
        unsafe ArgumentText.encode([UInt8](UnsafeRawBufferPointer(start: $0, count: strlen($0))))
      }
    }
  }()

  static func main() {
    StandardDescriptors.occupyClosed()
    // A reader that goes away is told by the write that fails.
    _ = signal(SIGPIPE, SIG_IGN)
    // Likewise a file that may grow no more.
    _ = signal(SIGXFSZ, SIG_IGN)
    do {
      var command = try parseAsRoot(Array(arguments.dropFirst()))
      try command.run()
    } catch let status as ExitCode {
      Glibc.exit(status.rawValue)
    } catch {
      let status = exitCode(for: error)
      if status == .success {
        print(fullMessage(for: error))
        Glibc.exit(0)
      }
      let text = message(for: error)
      let hint = UsageHint.text(for: text, arguments, commands)
      Messages.emit(ArgumentText.shown("sluice: error: \(text)\n  hint: \(hint)\n"))
      Glibc.exit(64)
    }
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
    if let hint = error.hint { write("  hint: \(hint)") }
  }
}
