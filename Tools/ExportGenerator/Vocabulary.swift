// The names an export speaks of, with how often each occurs. They are as awkward as real ones: slashes, spaces
// at the end, percent signs, other scripts. Each is kept as JSON text in two spellings, raw and `\u`-escaped.

/// A name and the two ways to write it in JSON.
struct Name: Sendable {
  let text: String
  /// Quoted, with non-ASCII characters as they are.
  let raw: [UInt8]
  /// Quoted, with non-ASCII characters as `\u` escapes.
  let escaped: [UInt8]

  init(_ text: String) {
    self.text = text
    raw = Self.quote(text, escapesAll: false)
    escaped = Self.quote(text, escapesAll: true)
  }

  /// Quotes `text` as JSON; escaping also puts a backslash before a slash, which JSON allows.
  static func quote(_ text: String, escapesAll: Bool) -> [UInt8] {
    var out: [UInt8] = [0x22]
    for unit in text.utf16 where escapesAll {
      switch unit {
      case 0x22, 0x2F, 0x5C: out += [0x5C, UInt8(unit)]
      case 0x20..<0x7F: out.append(UInt8(unit))
      default: out += escape(unit)
      }
    }
    for byte in text.utf8 where !escapesAll {
      if byte == 0x22 || byte == 0x5C { out.append(0x5C) }
      if byte < 0x20 { out += escape(UInt16(byte)) } else { out.append(byte) }
    }
    out.append(0x22)
    return out
  }

  private static func escape(_ unit: UInt16) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    let places: [UInt16] = [12, 8, 4, 0]
    return [0x5C, 0x75] + places.map { digits[Int(unit >> $0 & 15)] }
  }
}

/// What an annotation of the `tools` list looks like.
enum Shape: Int, CaseIterable {
  case box, rotatedBox, polyline, polygon, segmentation

  /// The key it stands under.
  var key: StaticString {
    switch self {
    case .box: "bounding-box"
    case .rotatedBox: "rotated-bounding-box"
    case .polyline: "polyline"
    case .polygon: "polygon"
    case .segmentation: "segmentation"
    }
  }
}

/// The names of one export.
struct Vocabulary: Sendable {
  /// A workflow stage and its part of the bytes, in thousandths.
  struct Stage: Sendable {
    let name: Name
    let id: Name
    let share: Int
  }

  /// A class of the `tools` list.
  struct ToolClass: Sendable {
    let name: Name
    let shape: Shape
  }

  /// A class of the `classifications` list.
  struct Question: Sendable {
    let name: Name
    let tool: StaticString
  }

  /// The stage asked for by "one stage": about a sixth of the bytes.
  static let oneStage = 1
  /// The stage of the needle.
  static let needleStage = 5
  /// The batch of the needle, where there are that many.
  static let needleBatch = 3

  let stages: [Stage]
  let statuses: [Stage]
  let batches: [Name]
  let tools: [ToolClass]
  let classifications: [Question]
  let relations: [Name]
  let people: [Name]

  init(batchCount: Int) {
    stages = Self.stageNames.map { Stage(name: Name($0.0), id: Name($0.1), share: $0.2) }
    statuses = Self.statusNames.map { Stage(name: Name($0.0), id: Name(""), share: $0.1) }
    let plain = Self.batchNames.prefix(batchCount).map(Name.init)
    batches = plain + (plain.count..<max(batchCount, plain.count)).map { Name("batch-\($0)") }
    tools = Self.toolTitles.map { ToolClass(name: Name($0.0), shape: $0.1) }
    classifications = Self.classificationTitles.map { Question(name: Name($0.0), tool: $0.1) }
    relations = ["follows", "group of"].map(Name.init)
    people = (1...9).map { Name("annotator\($0)@example.com") }
  }

  private static let stageNames: [(String, String, Int)] = [
    ("Label", "Label", 280),
    ("Complete", "Complete", 167),
    ("Review", "5e8f78a7-ef6a-473d-b02f-f4024c9ee486", 220),
    ("Needs rework", "0b6a1d3e-91c2-4a7f-8f0e-3d5a7c1e9b24", 150),
    ("Prüfung / QA", "c4e2b9d1-6a35-4f08-9d7b-2e8f1a0c6b53", 103),
    ("Consensus", "7f3d5b20-e8a4-4c61-b19f-5a2c8d7e0f46", 80),
  ]

  private static let statusNames: [(String, Int)] = [
    ("Labeled", 280), ("Completed", 167), ("Reviewed", 220), ("To Do", 150), ("In Progress", 103),
    ("Skipped", 80),
  ]

  private static let batchNames = [
    "rain", "night", "highway", "city center", "2024-Q1/lot 7", "Überlandfahrt", "雨天", "batch_1",
    "batch_2", "100% reviewed", "tunnel = dark", "A+B",
  ]

  private static let toolTitles: [(String, Shape)] = [
    ("Car", .box), ("Truck", .box), ("Bus", .box), ("Pedestrian", .box), ("自転車", .box),
    ("Traffic light", .box), ("Trailer/Anhänger", .rotatedBox), ("Lane marking ", .polyline),
    ("Road", .segmentation), ("Sign \"Überkopf\"", .polygon),
  ]

  private static let classificationTitles: [(String, StaticString)] = [
    ("Weather", "radio"), ("Objects present", "checkbox"), ("Time of day", "single-dropdown"),
    ("Hazards", "multi-dropdown"), ("Road type", "tree-dropdown"), ("Remarks", "text"),
  ]
}
