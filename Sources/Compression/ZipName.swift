// Entry names are bytes in an encoding that archives often do not tell truly; they come out as something
// that can be printed, compared and shown in a message.

/// Decodes the bytes of a ZIP entry's name.
///
/// Valid UTF-8 is taken for UTF-8 even where the flag is missing: much software writes it so, and text in
/// CP437 is hardly ever valid UTF-8. Everything else is CP437. Control characters become their pictures.
func decodeZipName(_ bytes: [UInt8]) -> String {
  let text = String(validating: bytes, as: UTF8.self) ?? String(String.UnicodeScalarView(bytes.map(cp437)))
  var printable = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    switch scalar.value {
    case 0..<0x20: printable.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
    case 0x7F: printable.append("\u{2421}")
    case 0x80..<0xA0: printable.append("\u{FFFD}")
    default: printable.append(scalar)
    }
  }
  return String(printable)
}

private let cp437High = Array(
  ("ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐"
    + "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}").unicodeScalars)

private func cp437(_ byte: UInt8) -> Unicode.Scalar {
  byte < 0x80 ? Unicode.Scalar(byte) : cp437High[Int(byte) - 0x80]
}
