// What `inspect` says to people: a page of text, 80 columns wide.

import Sluice

/// The text of a report.
enum InspectionText {
  private static let width = 80
  private static let mostNames = 12

  /// Everything, section by section; what does not occur is left out.
  static func text(_ report: InspectionReport) -> String {
    let sections = [
      inputs(report), overview(report), table("Kinds", "annotations", report.kinds, report.annotations),
      table("Tools", "annotations", report.tools, report.annotations),
      table("Titles", "annotations", report.titles, report.annotations),
      table("Stages", "tasks", report.stages, report.report.tasks.seen),
      table("Batches", "assets", report.batches, report.assets),
      table("Users", "annotations", report.users, report.annotations),
      pages(report), biggest("Biggest assets", report.biggestByBytes.prefix(5)),
      biggest("Assets with the most annotations", report.biggestByAnnotations.prefix(5)),
      identities(report), urls(report), unknownKeys(report),
    ]
    return sections.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private static func inputs(_ report: InspectionReport) -> String {
    report.inputs.map { input in
      let name = input.entry.map { "\(input.name) (\($0))" } ?? input.name
      let layout = input.layout.map { $0 == "array" ? "an array" : "objects in a row" } ?? "empty"
      let container = input.container == "plain" ? "" : ", \(input.container)"
      return line(
        clipped(name.shown, width),
        "  \(layout)\(container), \(Units.bytes(input.bytes)), \(grouped(input.assets)) assets")
    }.joined()
  }

  private static func overview(_ report: InspectionReport) -> String {
    if report.assets == 0 { return "No assets.\n" }
    var format = ""
    if report.legacyAssets > 0 { format = " (\(grouped(report.legacyAssets)) in the legacy format)" }
    var text = line(
      "Assets       \(grouped(report.assets))\(format)",
      "  bytes      \(Units.bytes(report.assetBytes)), each \(Units.bytes(report.smallestAsset ?? 0)) to \(Units.bytes(report.largestAsset ?? 0))",
      "  history    \(Units.bytes(report.historyBytes)), \(share(report.historyBytes, report.assetBytes)) of the bytes",
      "  annotated  \(Units.bytes(report.annotationBytes)), \(share(report.annotationBytes, report.assetBytes)) of the bytes"
    )
    if report.assetsWithoutTask > 0 { text += line("  no task    \(grouped(report.assetsWithoutTask))") }
    if report.report.assets.skipped > 0 {
      text += line("  malformed  \(grouped(report.report.assets.skipped)), left out")
    }
    return text
      + line(
        "Tasks        \(grouped(report.report.tasks.seen))", "Annotations  \(grouped(report.annotations))")
  }

  /// Names with their counts, shares and bars.
  private static func table(_ title: String, _ unit: String, _ counts: CountedNames, _ total: Int) -> String {
    if counts.names.isEmpty { return "" }
    var text = line("\(title) (\(unit))")
    let most = counts.names.first?.count ?? 1
    for row in counts.names.prefix(mostNames) { text += self.row(name(row.name), row.count, total, most) }
    let rest = counts.names.dropFirst(mostNames)
    if !rest.isEmpty {
      text += row("… and \(grouped(rest.count)) more", rest.reduce(0) { $0 + $1.count }, total, nil)
    }
    if counts.other > 0 { text += row("… and others, too many to name", counts.other, total, nil) }
    return text
  }

  private static func row(_ name: String, _ count: Int, _ total: Int, _ most: Int?) -> String {
    let bar = most.map { String(repeating: "█", count: max(1, 20 * count / max(1, $0))) } ?? ""
    return line("  \(padded(name, 32)) \(right(grouped(count), 13)) \(right(share(count, total), 6))  \(bar)")
  }

  private static func pages(_ report: InspectionReport) -> String {
    if report.pagedAssets == 0 { return "" }
    let gaps = report.gaps
    var text = line(
      "Pages (frames of videos, images of data sets)",
      "  \(grouped(report.pages)) with annotations, in \(grouped(report.pagedAssets)) assets; \(grouped(report.annotationsOnPages)) annotations",
      "  \(grouped(gaps.count)) gaps of \(grouped(gaps.pages)) pages, in \(grouped(gaps.assets)) assets")
    for video in report.videos {
      text += line(
        "  \(clipped(identity(video.asset), 76))",
        "    \(spark(video.bins, 60))",
        "    pages \(grouped(video.firstPage)) to \(grouped(video.lastPage)), \(grouped(video.pages)) annotated, \(grouped(video.gaps)) gaps"
      )
    }
    return text
  }

  /// A line of blocks, as high as the bins they stand for.
  private static func spark(_ bins: [Int], _ columns: Int) -> String {
    let blocks = Array("▁▂▃▄▅▆▇█")
    let count = min(columns, bins.count)
    if count == 0 { return "" }
    let sums = (0..<count).map { column in
      let range = column * bins.count / count..<(column + 1) * bins.count / count
      return Double(bins[range].reduce(0, +)) / Double(range.count)
    }
    let most = sums.max() ?? 0
    return String(
      sums.map { sum in sum == 0 ? " " : blocks[min(7, Int(8 * sum / most))] })
  }

  private static func biggest(_ title: String, _ assets: ArraySlice<BigAsset>) -> String {
    if assets.isEmpty { return "" }
    return line(
      "\(padded(title, 38)) \(right("bytes", 9)) \(right("annotations", 12)) \(right("at byte", 15))")
      + assets.map { asset in
        line(
          "  \(padded(identity(asset), 36)) \(right(Units.bytes(asset.bytes), 9)) \(right(grouped(asset.annotations), 12)) \(right(grouped(asset.byte), 15))"
        )
      }.joined()
  }

  private static func identities(_ report: InspectionReport) -> String {
    if report.assets == 0 { return "" }
    let row = { (name: String, ids: IdentityCounts) in
      "  \(padded(name, 12)) \(grouped(ids.distinct))\(ids.isExact ? "" : " or more") different, "
        + "\(grouped(ids.repeated))\(ids.isExact ? "" : " or more") again, \(grouped(ids.missing)) without"
    }
    return line("Ids", row("externalId", report.externalIds), row("taskId", report.taskIds))
  }

  private static func urls(_ report: InspectionReport) -> String {
    let signed = report.signedURLs
    if signed.count == 0 { return "" }
    var text = line("Signed URLs  \(grouped(signed.count)), in \(grouped(signed.assets)) assets")
    if let earliest = signed.earliestExpiry, let latest = signed.latestExpiry {
      text += line("  they expire from \(earliest.text) to \(latest.text)")
    }
    return text
  }

  private static func unknownKeys(_ report: InspectionReport) -> String {
    let keys = report.unknownKeys
    if keys.isEmpty { return "" }
    var text = line("Keys that the format's documents do not name")
    for key in keys.prefix(20) {
      let name = "\(key.place): \(name(key.name))"
      text += line(
        "  \(padded(name, 30)) \(right(grouped(key.count), 11))  \(clipped(report.example(of: key), 35))")
    }
    if keys.count > 20 { text += line("  … and \(grouped(keys.count - 20)) more, which --json lists") }
    return text
  }

  // MARK: Words

  private static func identity(_ asset: BigAsset) -> String {
    asset.externalId.map { name($0) } ?? "asset \(asset.asset) of \((asset.entry ?? asset.input).shown)"
  }

  /// A name as it can be shown: on one line, and nothing that moves the cursor.
  static func name(_ bytes: [UInt8]?) -> String {
    guard let bytes else { return "(none)" }
    if bytes.isEmpty { return "(empty)" }
    return String(
      String.UnicodeScalarView(
        String(decoding: bytes, as: UTF8.self).unicodeScalars.map { isPlain($0) ? $0 : "\u{FFFD}" }))
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: false
    default: true
    }
  }

  private static func line(_ lines: String...) -> String { lines.map { $0 + "\n" }.joined() }

  /// Digits in groups of three.
  static func grouped(_ number: Int) -> String {
    var groups: [String] = []
    var digits = Substring(String(number))
    while digits.count > 3 {
      groups.append(String(digits.suffix(3)))
      digits.removeLast(3)
    }
    return ([String(digits)] + groups.reversed()).joined(separator: ",")
  }

  static func share(_ part: Int, _ whole: Int) -> String {
    "\(Units.decimal(whole > 0 ? 100 * Double(part) / Double(whole) : 0, digits: 1)) %"
  }

  /// How many columns a terminal needs for a text: two for each wide character.
  private static func columns(_ text: String) -> Int { text.reduce(0) { $0 + columns($1) } }

  private static func columns(_ character: Character) -> Int {
    guard let value = character.unicodeScalars.first?.value else { return 0 }
    switch value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  private static func clipped(_ text: String, _ width: Int) -> String {
    if columns(text) <= width { return text }
    var cut = ""
    var used = 1
    for character in text {
      used += columns(character)
      if used > width { break }
      cut.append(character)
    }
    return cut + "…"
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    let text = clipped(text, width)
    return text + String(repeating: " ", count: width - columns(text))
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - columns(text))) + text
  }
}
