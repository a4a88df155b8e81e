// Arguments are bytes, and ArgumentParser takes text. Bytes that are not valid UTF-8 go through it as signs that no
// text has: an argument that is a path gets them back, and one that must be text is refused for them.

public import ArgumentParser
public import Sluice
import Storage
public import SystemPackage

/// Arguments as text, without loss.
enum ArgumentText {
  /// Stands before the two hexadecimal digits of a byte.
  ///
  /// It is no character and never will be one. Where it is part of an argument all the same, its own bytes are
  /// written so.
  private static let mark: Unicode.Scalar = "\u{10FFFF}"

  /// The text that an argument goes through the parser as; what is valid UTF-8 stays as it is.
  static func encode(_ argument: [UInt8]) -> String {
    var text = String.UnicodeScalarView()
    var rest = argument[...]
    while !rest.isEmpty {
      let scalar = firstScalar(of: rest)
      let count = scalar.map { UTF8.width($0) } ?? 1
      if let scalar, scalar != mark {
        text.append(scalar)
      } else {
        for byte in rest.prefix(count) { text += [mark, digit(byte >> 4), digit(byte & 15)] }
      }
      rest = rest.dropFirst(count)
    }
    return String(text)
  }

  /// The bytes that an argument had.
  static func decode(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var scalars = text.unicodeScalars[...]
    while let scalar = scalars.popFirst() {
      if scalar == mark, let byte = UInt8(String(scalars.prefix(2)), radix: 16) {
        bytes.append(byte)
        scalars = scalars.dropFirst(2)
      } else {
        bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
      }
    }
    return bytes
  }

  /// What the parser says of arguments, for people; it may say it in several lines.
  static func shown(_ text: String) -> String {
    let lines = String(decoding: decode(text), as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    return lines.map { String($0).shown }.joined(separator: "\n")
  }

  /// The character at the start of `bytes`; nil where there is none.
  private static func firstScalar(of bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
    for count in 1...4 {
      // The shortest that is text is one character.
      if let text = String(validating: bytes.prefix(count), as: UTF8.self) {
        return text.unicodeScalars.first
      }
    }
    return nil
  }

  private static func digit(_ value: UInt8) -> Unicode.Scalar {
    Unicode.Scalar(value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10)
  }
}

/// Takes an argument that is text: a name in an export is, so that others could never match one.
func parseText(_ argument: String) throws -> String {
  guard let text = String(validating: ArgumentText.decode(argument), as: UTF8.self) else {
    throw ValidationError("'\(argument)' is not valid UTF-8")
  }
  return text
}

extension FilePath: @retroactive ExpressibleByArgument {
  /// Takes an argument that is a path, whatever bytes it has.
  public init?(argument: String) {
    let path = FilePath(bytes: ArgumentText.decode(argument))
    // `-/` is a directory; without its slash it would be standard output.
    self = path == "-" && argument != "-" ? "./-" : path
  }
}

extension InputName: ExpressibleByArgument {
  /// Takes an argument that is an input.
  public init?(argument: String) {
    guard let path = FilePath(argument: argument) else { return nil }
    self = path == "-" ? .standardInput : .path(path)
  }
}
