// The completions that `make install` puts in place, as the command writes them.

import Foundation
import Testing

@Suite struct CompletionTests {
  private func script(_ shell: String) throws -> String {
    let outcome = try Command.run("--generate-completion-script", shell, in: Workspace())
    #expect(outcome.status == 0)
    return outcome.outputText
  }

  /// Each shell is told every command and every option of daily use.
  @Test(arguments: ["bash", "zsh", "fish"]) func names(shell: String) throws {
    let text = try script(shell)
    for command in ["run", "verify", "inspect", "bench"] { #expect(text.contains(command)) }
    for option in HelpTests.runOptions.subtracting(["--help-hidden"]) {
      // fish writes them without dashes.
      #expect(text.contains(option) || shell == "fish" && text.contains(option.dropFirst(2)), "\(option)")
    }
  }

  /// What bash offers behind some words, of which the last is being typed.
  private func offered(_ words: String, in workspace: Workspace) throws -> [String] {
    let line = """
      compopt() { :; }; source <($SLUICE --generate-completion-script bash)
      COMP_LINE='\(words)'; COMP_POINT=${#COMP_LINE}; read -ra COMP_WORDS <<<"$COMP_LINE"
      [[ $COMP_LINE == *' ' ]] && COMP_WORDS+=('')
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      _sluice sluice "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let outcome = try Command.shell(line, in: workspace)
    #expect(outcome.errorText == "")
    return outcome.outputText.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.sorted()
  }

  /// bash offers commands, options, their values, and files and directories where those are meant.
  @Test func bash() throws {
    let workspace = try Workspace()
    try workspace.write("export.json", "[]")
    try workspace.write("lake/manifest.json", "{}")
    #expect(try offered("sluice ver", in: workspace) == ["verify"])
    #expect(try offered("sluice run --exclude-st", in: workspace) == ["--exclude-stage"])
    #expect(try offered("sluice run --compression ", in: workspace) == ["gzip", "none", "zstd"])
    #expect(try offered("sluice run --partition-by t", in: workspace) == ["title", "tool"])
    #expect(try offered("sluice run exp", in: workspace) == ["export.json"])
    #expect(try offered("sluice run --output l", in: workspace).map { $0.prefix(4) } == ["lake"])
  }
}
