// Athena's definition of a table of annotation rows, which Hive and Trino's Hive connector take, too.
//
// Hive has names of lower-case letters, digits and underscores only. For every other key the SerDe is told which
// name stands for it. It is told once for the whole table, not for each place, so no two keys may share a name
// anywhere in it. All names stand in backticks, as some are words of the language (`from`, `to`) and others start
// with an underscore or a digit.

import Sluice

/// The definition, and the names in it.
struct AthenaTable {
  private let columns: [ColumnType.Member]
  /// Which name stands for each key.
  private var names: [[UInt8]: String] = [:]

  init(_ columns: [ColumnType.Member]) {
    self.columns = columns
    let keys = Set(columns.flatMap(Self.keys)).sorted { $0.lexicographicallyPrecedes($1) }
    var taken: Set<String> = []
    // Those that can keep their names do.
    for key in keys {
      let name = String(decoding: key, as: UTF8.self)
      if Self.plain(name) == name { names[key] = name }
    }
    taken.formUnion(names.values)
    for key in keys where names[key] == nil {
      let name = Self.unused(Self.plain(String(decoding: key, as: UTF8.self)), taken)
      taken.insert(name)
      names[key] = name
    }
  }

  private static func keys(_ member: ColumnType.Member) -> [[UInt8]] {
    var type = member.type
    while case .list(let element) = type { type = element }
    guard case .record(let members) = type else { return [Array(member.name.utf8)] }
    return [Array(member.name.utf8)] + members.flatMap(keys)
  }

  private static func plain(_ name: String) -> String {
    String(
      decoding: name.utf8.map { byte in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
        default: UInt8(ascii: "_")
        }
      }, as: UTF8.self)
  }

  private static func unused(_ name: String, _ taken: Set<String>) -> String {
    var number = 1
    var candidate = name
    while taken.contains(candidate) {
      number += 1
      // Names have at most 255 bytes.
      candidate = "\(name.prefix(240))_\(number)"
    }
    return candidate
  }

  private func name(_ key: String) -> String { names[Array(key.utf8)] ?? key }

  var text: String {
    let words = TypeWords(
      boolean: "boolean", integer: "bigint", number: "double", text: "string", json: "string",
      list: { "array<\($0)>" }, record: ("struct<", ">"), member: { "`\(name($0))`:\($1)" })
    let list = TableDefinition.lines(columns) { column in
      "`\(name(column.name))` \(words.spell(column.type, indent: "    "))"
    }
    let mappings = names.filter { Array($1.utf8) != $0 }
      .sorted { $0.value < $1.value }
      .map { key, name in "'mapping.\(name)' = \(Self.quoted(String(decoding: key, as: UTF8.self)))" }
    return """
      CREATE EXTERNAL TABLE annotations (
      \(list)
      )
      ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
      WITH SERDEPROPERTIES (
        \((["'case.insensitive' = 'false'"] + mappings).joined(separator: ",\n  "))
      )
      LOCATION 's3://BUCKET/lake/data/';

      """
  }

  /// As Hive reads strings: with backslashes.
  private static func quoted(_ text: String) -> String {
    "'\(text.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined())'"
  }
}
