#!/usr/bin/env python3
"""Turns `sluice --experimental-dump-help` (standard input) into a man page (standard output).

The parser's own plugin would do, but it builds every product in release mode first, and it leaves out the
sections, defaults and values that the help shows. The page has no date, so that it changes only when the
declarations do.
"""

import json
import sys


def text(words):
    """Words as roff takes them for words."""
    words = words.replace("\\", "\\e").replace("-", "\\-").replace("…", "\\[u2026]").replace('"', "\\(dq")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in words.split("\n"))


def verbatim(lines):
    return [".nf", ".RS 2", *(text(line) for line in lines), ".RE", ".fi"]


def discussion(command):
    """The paragraphs, and the titled lists behind them: {"EXAMPLES": [line, …]}."""
    paragraphs, lists = [], {}
    for block in (command.get("discussion") or "").split("\n\n"):
        title, *lines = block.split("\n")
        if title.isupper() and lines:
            lists[title] = [line.removeprefix("  ") for line in lines]
        elif block:
            paragraphs.append(block)
    return paragraphs, lists


def spelled(argument):
    """`-o, --output DIR`, in bold what is typed as it is."""
    if argument["kind"] == "positional":
        return f"\\fI{text(argument['valueName'])}\\fR"
    names = [("-" if name["kind"] == "short" else "--") + name["name"] for name in argument["names"]]
    names.sort(key=len)
    value = f" \\fI{text(argument['valueName'])}\\fR" if argument["kind"] == "option" else ""
    return ", ".join(f"\\fB{text(name)}\\fR" for name in names) + value


def described(argument):
    facts = []
    if argument.get("allValues"):
        facts.append("values: " + ", ".join(argument["allValues"]))
    if argument.get("defaultValue") is not None:
        facts.append("default: " + argument["defaultValue"])
    if argument["kind"] == "option" and argument["isRepeating"]:
        facts.append("may be repeated")
    return argument["abstract"] + (f" ({'; '.join(facts)})" if facts else "")


def synopsis(command):
    words = [f"\\fBsluice {command['commandName']}\\fR"]
    options = [argument for argument in command["arguments"] if argument["kind"] != "positional"]
    words += [spelled(option).split(", ")[-1] for option in options if not option["isOptional"]]
    words.append("[\\fIoptions\\fR]")
    for argument in command["arguments"]:
        if argument["kind"] == "positional":
            words.append(spelled(argument) + (" ..." if argument["isRepeating"] else ""))
    return " ".join(words)


def is_shown(argument):
    """The page documents what `--help` leaves to `--help-hidden`, too."""
    names = {name["name"] for name in argument.get("names", [])}
    return not names & {"help", "version"}


def section(command):
    paragraphs, lists = discussion(command)
    page = [f".SH {text(command['commandName'].upper())}", ".nf", synopsis(command), ".fi"]
    for paragraph in [command["abstract"], *paragraphs]:
        page += [".PP", text(paragraph)]
    title = None
    for argument in filter(is_shown, command["arguments"]):
        if argument.get("sectionTitle") != title:
            title = argument["sectionTitle"]
            page.append(f".SS {text(title)}")
        page += [".TP", spelled(argument), text(described(argument))]
    return page, lists


def main():
    command = json.load(sys.stdin)["command"]
    version = sys.argv[1]
    paragraphs, lists = discussion(command)
    # The parser's `help` is no job of ours.
    jobs = [job for job in command["subcommands"] if job["commandName"] != "help"]
    page = [
        '.\\" Made by scripts/manual.sh from the declarations in Sources/sluice-cli; not to be edited.',
        f'.TH SLUICE 1 "" "sluice {text(version)}" "User Commands"',
        ".SH NAME",
        f"sluice \\- {text(command['abstract'].rstrip('.'))}",
        ".SH SYNOPSIS",
        ".nf",
        *map(synopsis, jobs),
        "\\fBsluice \\-\\-version\\fR",
        "\\fBsluice\\fR [\\fIcommand\\fR] \\fB\\-\\-help\\fR",
        ".fi",
        ".SH DESCRIPTION",
        text(command["abstract"]),
    ]
    for paragraph in paragraphs:
        page += [".PP", text(paragraph)]
    for job in jobs:
        lines, its_lists = section(job)
        page += lines
        for title, more in its_lists.items():
            lists.setdefault(title, []).extend(more)
    for title, lines in lists.items():
        page += [f".SH {text(title)}", *verbatim(lines)]
    page += [".SH OTHER OPTIONS", ".TP", "\\fB\\-\\-version\\fR", "Show the version."]
    page += [".TP", "\\fB\\-h\\fR, \\fB\\-\\-help\\fR", "Show help."]
    print("\n".join(page))


if __name__ == "__main__":
    main()
