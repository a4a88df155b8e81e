// The options of a run as the manifest lists them: every one, in camelCase, so that a run can be repeated.

internal import ByteScan
internal import Compression
internal import SystemPackage

extension Run {
  var manifestOptions: JSONText {
    let selection = options.selection
    return .object(
      nameMembers + [
        ("updatedSince", .text(selection.updatedSince?.text)),
        ("updatedBefore", .text(selection.updatedBefore?.text)),
        ("sample", .text(selection.sample?.text)),
        ("rows", .text(options.rows.kind.rawValue)),
        ("context", .array(options.rows.context.map { .text($0.text) })),
        ("prune", .bool(options.rows.prune)),
        ("history", .text(options.rows.history.rawValue)),
        ("stripUrlQuery", .bool(options.rows.stripURLQuery)),
        ("limit", .number(options.rows.limit)),
      ] + outputMembers + resourceMembers)
  }

  private var nameMembers: [(String, JSONText)] {
    NameOption.allCases.flatMap { option in
      let names = (option.rawValue, JSONText.array(options.selection.names(option).map { .text($0) }))
      return option == .batch ? [names, ("noBatch", .bool(options.selection.noBatch))] : [names]
    }
  }

  private var outputMembers: [(String, JSONText)] {
    let output = options.output
    return [
      ("partitionBy", .array(output.partitionBy.map { .text($0.rawValue) })),
      ("compression", .text(output.format.rawValue)), ("level", .number(output.level)),
      ("long", .number(output.long)), ("targetSize", .int(output.targetSize)), ("name", .text(output.name)),
      ("onError", .text(options.onError.rawValue)), ("allowEmpty", .bool(options.allowEmpty)),
    ]
  }

  private var resourceMembers: [(String, JSONText)] {
    let resources = options.resources
    return [
      ("validate", .text(resources.validation.rawValue)), ("maxDepth", .int(resources.maxDepth)),
      ("maxInputSize", .number(resources.maxInputSize)),
      ("workers", .int(resources.workers)), ("memory", .int(resources.memory)),
      ("temp", .text(temporaryDirectory?.string)), ("engine", .text(resources.engine.rawValue)),
      ("kernel", .text(resources.kernel.rawValue)), ("blockSize", .int(resources.blockSize)),
    ]
  }
}
