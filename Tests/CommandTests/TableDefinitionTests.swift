// `inspect --ddl`: what is printed, letter by letter. `make recipes` has the engines read it.

import Testing

@Suite struct TableDefinitionTests {
  /// Keys that need quotes, keys that differ in case or in a dash only, and an object that has no columns.
  private static let export = """
    {"task":{"stage":"S","tools":[{"title":"O'Neil","bounding-box":{"x":1,"Y":2.5},"from":null,"it's `\\"":[[1]]},
      {"title":"b","bounding_box":{"x":true},"none":{},"two":{"Aa":1,"aA":2},"page":3}]}}

    """

  private func define(_ engine: String, _ more: String...) throws -> Outcome {
    let workspace = try Workspace()
    try workspace.write("export.json", Self.export)
    return try Command.run(["inspect", "export.json", "--ddl", engine] + more, in: workspace)
  }

  /// Each engine's definition ends with the column `annotation` and where the rows are.
  @Test(arguments: [
    (
      "duckdb",
      """
          "annotation": 'STRUCT(
            "bounding-box" STRUCT("Y" DOUBLE, "x" BIGINT),
            "bounding_box" STRUCT("x" BOOLEAN),
            "from" JSON,
            "it''s `""\" BIGINT[][],
            "none" JSON,
            "page" BIGINT,
            "title" VARCHAR,
            "two" JSON)'
        });

      """
    ),
    (
      "clickhouse",
      """
        `annotation` Tuple(
          `bounding-box` Tuple(`Y` Nullable(Float64), `x` Nullable(Int64)),
          `bounding_box` Tuple(`x` Nullable(Bool)),
          `from` Nullable(String),
          `it\\'s \\\\`"` Array(Array(Nullable(Int64))),
          `none` Nullable(String),
          `page` Nullable(Int64),
          `title` Nullable(String),
          `two` Nullable(String))')
      SETTINGS use_hive_partitioning = 0;

      """
    ),
    (
      "spark",
      """
        `annotation` STRUCT<
          `bounding-box`: STRUCT<`Y`: DOUBLE, `x`: BIGINT>,
          `bounding_box`: STRUCT<`x`: BOOLEAN>,
          `from`: STRING,
          `it's ``"`: ARRAY<ARRAY<BIGINT>>,
          `none`: STRING,
          `page`: BIGINT,
          `title`: STRING,
          `two`: STRING>
      )
      USING json
      OPTIONS (path 'lake/data');

      """
    ),
    (
      "athena",
      """
        `annotation` struct<
          `bounding_box_2`:struct<`y`:double, `x`:bigint>,
          `bounding_box`:struct<`x`:boolean>,
          `from`:string,
          `it_s___`:array<array<bigint>>,
          `none`:string,
          `page`:bigint,
          `title`:string,
          `two`:string>
      )
      ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
      WITH SERDEPROPERTIES (
        'case.insensitive' = 'false',
        'mapping.assetid' = 'assetId',
        'mapping.bounding_box_2' = 'bounding-box',
        'mapping.completedat' = 'completedAt',
        'mapping.completedby' = 'completedBy',
        'mapping.externalid' = 'externalId',
        'mapping.it_s___' = 'it\\'s `"',
        'mapping.objectid' = 'objectId',
        'mapping.schemaid' = 'schemaId',
        'mapping.stageid' = 'stageId',
        'mapping.taskid' = 'taskId',
        'mapping.updatedat' = 'updatedAt',
        'mapping.y' = 'Y'
      )
      LOCATION 's3://BUCKET/lake/data/';

      """
    ),
  ])
  func text(engine: String, end: String) throws {
    let outcome = try define(engine)
    #expect(outcome.status == 0, "\(outcome.errorText)")
    #expect(outcome.errorText == "")
    #expect(outcome.outputText.hasPrefix("CREATE "))
    #expect(outcome.outputText.hasSuffix("\n" + end), "\(outcome.outputText)")
  }

  /// The page can be had at the same time; JSON, which goes to standard output too, cannot.
  @Test func options() throws {
    #expect(try define("duckdb", "--json").status == 64)
    #expect(try define("oracle").status == 64)
    let outcome = try define("spark", "--html", "page.html")
    #expect(outcome.status == 0)
    #expect(outcome.outputText.hasPrefix("CREATE "))
  }
}
