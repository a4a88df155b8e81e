// What `inspect --ddl` prints: the definition of a table of annotation rows in the words of one engine. The paths
// are those of a run into `lake`; everybody has others, so they stand where they are easily changed.

import ArgumentParser
import Sluice

/// The engines that a definition can be for.
enum TableEngine: String, CaseIterable, ExpressibleByArgument {
  case athena, spark, duckdb, clickhouse
}

/// How an engine spells types.
struct TypeWords: Sendable {
  var boolean: String
  var integer: String
  var number: String
  var text: String
  var json: String
  var list: @Sendable (String) -> String
  var record: (open: String, close: String)
  var member: @Sendable (_ name: String, _ type: String) -> String

  /// A type; with an indent, each member of a record has a line of its own.
  func spell(_ type: ColumnType, indent: String? = nil) -> String {
    switch type {
    case .boolean: return boolean
    case .integer: return integer
    case .number: return number
    case .text: return text
    case .json: return json
    case .list(let element): return list(spell(element))
    case .record(let members):
      let spelled = members.map { member($0.name, spell($0.type)) }
      let lines = indent.map { "\n\($0)" }
      return record.open + (lines ?? "") + spelled.joined(separator: "," + (lines ?? " ")) + record.close
    }
  }
}

/// Definitions of a table, or of a view, of annotation rows.
enum TableDefinition {
  static func text(_ columns: [ColumnType.Member], for engine: TableEngine) -> String {
    switch engine {
    case .athena: AthenaTable(columns).text
    case .spark: spark(columns)
    case .duckdb: duckdb(columns)
    case .clickhouse: clickhouse(columns)
    }
  }

  /// A line for each column, that of an object with a line for each member.
  static func lines(_ columns: [ColumnType.Member], _ line: (ColumnType.Member) -> String) -> String {
    columns.map { "  " + line($0) }.joined(separator: ",\n")
  }

  /// Text in quotes, those inside doubled.
  static func quoted(_ text: String, _ quote: Character) -> String {
    "\(quote)\(text.map { $0 == quote ? "\(quote)\(quote)" : "\($0)" }.joined())\(quote)"
  }

  // MARK: DuckDB

  private static let duckdbWords = TypeWords(
    boolean: "BOOLEAN", integer: "BIGINT", number: "DOUBLE", text: "VARCHAR", json: "JSON",
    list: { "\($0)[]" }, record: ("STRUCT(", ")"), member: { "\(quoted($0, "\"")) \($1)" })

  private static func duckdb(_ columns: [ColumnType.Member]) -> String {
    let list = lines(columns) { column in
      "  \(quoted(column.name, "\"")): \(quoted(duckdbWords.spell(column.type, indent: "      "), "'"))"
    }
    return """
      CREATE OR REPLACE VIEW annotations AS
      SELECT * FROM read_json('lake/data/**/*.jsonl.zst',
        format = 'newline_delimited', hive_partitioning = true,
        columns = {
      \(list)
        });

      """
  }

  // MARK: ClickHouse

  // It leaves the escapes in the names of directories, so values are taken from the rows alone.
  private static let clickhouseWords = TypeWords(
    boolean: "Nullable(Bool)", integer: "Nullable(Int64)", number: "Nullable(Float64)",
    text: "Nullable(String)", json: "Nullable(String)",
    list: { "Array(\($0))" }, record: ("Tuple(", ")"), member: { "\(escaped($0, "`")) \($1)" })

  private static func clickhouse(_ columns: [ColumnType.Member]) -> String {
    let list = lines(columns) { column in
      "\(escaped(column.name, "`")) \(clickhouseWords.spell(column.type, indent: "    "))"
    }
    return """
      CREATE OR REPLACE VIEW annotations AS
      SELECT * FROM file('lake/data/**/*.jsonl.zst', 'JSONEachRow', \(escaped("\n" + list, "'")))
      SETTINGS use_hive_partitioning = 0;

      """
  }

  /// As ClickHouse reads strings and names: with backslashes.
  private static func escaped(_ text: String, _ quote: Character) -> String {
    "\(quote)\(text.map { $0 == quote || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined())\(quote)"
  }

  // MARK: Spark

  private static let sparkWords = TypeWords(
    boolean: "BOOLEAN", integer: "BIGINT", number: "DOUBLE", text: "STRING", json: "STRING",
    list: { "ARRAY<\($0)>" }, record: ("STRUCT<", ">"), member: { "\(quoted($0, "`")): \($1)" })

  private static func spark(_ columns: [ColumnType.Member]) -> String {
    let list = lines(columns) { column in
      "\(quoted(column.name, "`")) \(sparkWords.spell(column.type, indent: "    "))"
    }
    return """
      CREATE OR REPLACE TEMPORARY VIEW annotations (
      \(list)
      )
      USING json
      OPTIONS (path 'lake/data');

      """
  }
}
