// What `inspect --html` writes: one file that needs no network and no script, light or dark as its reader
// likes it, and as wide as there is room. Bars are table rows, so that they can be read aloud and copied.

import Sluice

/// The page of a report.
enum InspectionPage {
  private static let mostNames = 40

  /// The page as a whole.
  static func text(_ report: InspectionReport) -> String {
    let title = report.inputs.map { $0.entry ?? $0.name }.joined(separator: ", ")
    let body = [
      header(report, title), tiles(report), charts(report), videos(report), biggest(report), ids(report),
      unknownKeys(report), warnings(report),
    ]
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <title>\(escaped(clipped(title, 80))) – sluice inspect</title>
      <style>
      \(style)
      </style>
      </head>
      <body>
      <main>
      \(body.filter { !$0.isEmpty }.joined(separator: "\n"))
      </main>
      <footer>Made by sluice \(SluiceVersion.number) inspect</footer>
      </body>
      </html>

      """
  }

  // MARK: Sections

  private static func header(_ report: InspectionReport, _ title: String) -> String {
    let inputs = report.inputs.map { input in
      let layout = input.layout.map { $0 == "array" ? "array" : "objects in a row" } ?? "empty"
      let container = input.container == "plain" ? "" : ", \(input.container)"
      return "<li><b>\(escaped(input.entry.map { "\(input.name) › \($0)" } ?? input.name))</b> "
        + "<span>\(layout)\(container), \(Units.bytes(input.bytes)), \(grouped(input.assets)) assets</span></li>"
    }
    return "<header><h1>What is in this export</h1><ul class=inputs>\(inputs.joined())</ul></header>"
  }

  private static func tiles(_ report: InspectionReport) -> String {
    var tiles = [
      tile("Assets", grouped(report.assets), legacy(report)),
      tile("Tasks", grouped(report.report.tasks.seen), ""),
      tile("Annotations", grouped(report.annotations), Units.bytes(report.annotationBytes)),
      tile("Bytes of assets", Units.bytes(report.assetBytes), range(report)),
      tile(
        "History", InspectionText.share(report.historyBytes, report.assetBytes),
        "of the bytes: \(Units.bytes(report.historyBytes))"),
    ]
    if report.pagedAssets > 0 {
      tiles.append(
        tile(
          "Annotated pages", grouped(report.pages),
          "in \(grouped(report.pagedAssets)) assets, \(grouped(report.gaps.count)) gaps"))
    }
    if report.signedURLs.count > 0 {
      let expiry = report.signedURLs.earliestExpiry.map { "the first expires \($0.text)" } ?? ""
      tiles.append(tile("Signed URLs", grouped(report.signedURLs.count), expiry))
    }
    if report.report.assets.skipped > 0 {
      tiles.append(tile("Malformed", grouped(report.report.assets.skipped), "left out"))
    }
    return "<section class=tiles>\(tiles.joined())</section>"
  }

  private static func tile(_ label: String, _ value: String, _ note: String) -> String {
    "<div class=tile><span>\(escaped(label))</span><b>\(escaped(value))</b><small>\(escaped(note))</small></div>"
  }

  private static func legacy(_ report: InspectionReport) -> String {
    report.legacyAssets > 0 ? "\(grouped(report.legacyAssets)) in the legacy format" : ""
  }

  private static func range(_ report: InspectionReport) -> String {
    guard let least = report.smallestAsset, let most = report.largestAsset else { return "" }
    return "\(Units.bytes(least)) to \(Units.bytes(most)) each"
  }

  private static func charts(_ report: InspectionReport) -> String {
    let sizes = report.sizes.map { (binary($0.from) + " to " + binary($0.from * 2), $0.assets) }
    let cards = [
      card("Annotations by title", report.titles, report.annotations),
      card("Annotations by stage", report.annotationsByStage, report.annotations),
      card("Annotations by batch", report.annotationsByBatch, report.annotations),
      card("Tasks by stage", report.stages, report.report.tasks.seen),
      card("Assets by batch", report.batches, report.assets),
      card("Annotations by tool", report.tools, report.annotations),
      card("Annotations by kind", report.kinds, report.annotations),
      card("Annotations by user", report.users, report.annotations),
      sizes.isEmpty ? "" : card("Assets by size", bars(sizes, report.assets)),
    ]
    return "<section class=cards>\(cards.joined())</section>"
  }

  private static func card(_ title: String, _ content: String) -> String {
    "<div class=card><h2>\(escaped(title))</h2>\(content)</div>"
  }

  private static func card(_ title: String, _ counts: CountedNames, _ total: Int) -> String {
    if counts.names.isEmpty { return "" }
    let rows = counts.names.prefix(mostNames).map { (InspectionText.name($0.name), $0.count) }
    let rest = counts.names.dropFirst(mostNames)
    var notes: [String] = []
    if !rest.isEmpty {
      notes.append("\(grouped(rest.count)) more names with \(grouped(rest.reduce(0) { $0 + $1.count }))")
    }
    if counts.other > 0 { notes.append("\(grouped(counts.other)) under names too many to keep") }
    let note = notes.isEmpty ? "" : "<p class=note>and \(escaped(notes.joined(separator: "; ")))</p>"
    return card(title, bars(rows, total) + note)
  }

  /// A table with a bar in each row.
  private static func bars(_ rows: [(name: String, count: Int)], _ total: Int) -> String {
    let most = max(1, rows.map(\.count).max() ?? 1)
    return "<table class=bars><tbody>"
      + rows.map { row in
        let width = Units.decimal(100 * Double(row.count) / Double(most), digits: 1)
        return "<tr><th scope=row title=\"\(escaped(row.name))\">\(escaped(row.name))</th>"
          + "<td class=bar>\(row.count > 0 ? "<i style=\"width:\(width)%\"></i>" : "")</td>"
          + "<td>\(grouped(row.count))</td><td>\(InspectionText.share(row.count, total))</td></tr>"
      }.joined() + "</tbody></table>"
  }

  private static func videos(_ report: InspectionReport) -> String {
    let cards = report.videos.map { video in
      card(
        identity(video.asset),
        timeline(video)
          + "<p class=note>\(grouped(video.asset.annotations)) annotations on \(grouped(video.pages)) pages from "
          + "\(grouped(video.firstPage)) to \(grouped(video.lastPage)), \(grouped(video.gaps)) gaps; "
          + "a column is \(video.binWidth == 1 ? "a page" : "\(grouped(video.binWidth)) pages")</p>")
    }
    if cards.isEmpty { return "" }
    return
      "<section><h2>Annotations over the pages of the biggest videos</h2><div class=wide>\(cards.joined())</div></section>"
  }

  private static func timeline(_ video: PagedAsset) -> String {
    let most = max(1, video.bins.max() ?? 1)
    let columns = video.bins.enumerated().map { index, count in
      let height = count == 0 ? 0 : max(1, 100 * count / most)
      let first = index * video.binWidth
      let pages = video.binWidth == 1 ? "page \(first)" : "pages \(first) to \(first + video.binWidth - 1)"
      return "<rect x=\"\(index)\" y=\"\(100 - height)\" width=\"1\" height=\"\(height)\">"
        + "<title>\(pages): \(count) annotations</title></rect>"
    }
    return "<svg viewBox=\"0 0 \(video.bins.count) 100\" preserveAspectRatio=\"none\" role=\"img\" "
      + "aria-label=\"annotations by page, at most \(most) in a column\">\(columns.joined())</svg>"
      + "<div class=axis><span>page 0</span><span>at most \(grouped(most)) in a column</span>"
      + "<span>page \(grouped(video.lastPage))</span></div>"
  }

  private static func biggest(_ report: InspectionReport) -> String {
    let table = { (title: String, assets: [BigAsset]) in
      if assets.isEmpty { return "" }
      return card(
        title,
        "<div class=scroll><table class=list><thead><tr><th>Asset</th><th>Bytes</th><th>Annotations</th>"
          + "<th>At byte</th></tr></thead><tbody>"
          + assets.map { asset in
            "<tr><td>\(escaped(identity(asset)))</td><td>\(Units.bytes(asset.bytes))</td>"
              + "<td>\(grouped(asset.annotations))</td><td>\(grouped(asset.byte))</td></tr>"
          }.joined() + "</tbody></table></div>")
    }
    return "<section class=\"cards two\">"
      + table("Biggest assets by bytes", report.biggestByBytes)
      + table("Biggest assets by annotations", report.biggestByAnnotations) + "</section>"
  }

  private static func ids(_ report: InspectionReport) -> String {
    let row = { (name: String, ids: IdentityCounts) in
      let more = ids.isExact ? "" : " or more"
      return "<tr><td>\(name)</td><td>\(grouped(ids.distinct))\(more)</td>"
        + "<td>\(grouped(ids.repeated))\(more)</td><td>\(grouped(ids.missing))</td></tr>"
    }
    return "<section class=cards>"
      + card(
        "Ids that come again",
        "<div class=scroll><table class=list><thead><tr><th>Id</th><th>Different</th><th>Again</th>"
          + "<th>Without</th></tr></thead><tbody>\(row("externalId", report.externalIds))"
          + "\(row("taskId", report.taskIds))</tbody></table></div>") + "</section>"
  }

  private static func unknownKeys(_ report: InspectionReport) -> String {
    let keys = report.unknownKeys
    if keys.isEmpty { return "" }
    return "<section>"
      + card(
        "Keys that the format's documents do not name",
        "<div class=scroll><table class=list><thead><tr><th>Key</th><th>Times</th><th>First</th></tr></thead><tbody>"
          + keys.prefix(100).map { key in
            "<tr><td>\(escaped("\(key.place): \(InspectionText.name(key.name))"))</td>"
              + "<td>\(grouped(key.count))</td><td>\(escaped(report.example(of: key)))</td></tr>"
          }.joined() + "</tbody></table></div>") + "</section>"
  }

  private static func warnings(_ report: InspectionReport) -> String {
    let lines = report.report.warningLines(naming: \.flag)
    if lines.isEmpty { return "" }
    return "<section>"
      + card("Warnings", "<ul>\(lines.map { "<li>\(escaped($0))</li>" }.joined())</ul>") + "</section>"
  }

  // MARK: Words

  private static func identity(_ asset: BigAsset) -> String {
    asset.externalId.map { InspectionText.name($0) }
      ?? "asset \(asset.asset) of \(asset.entry ?? asset.input)"
  }

  private static func grouped(_ number: Int) -> String { InspectionText.grouped(number) }

  /// A power of two.
  private static func binary(_ bytes: Int) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    let index = min(units.count - 1, (Int.bitWidth - 1 - max(1, bytes).leadingZeroBitCount) / 10)
    return "\(bytes >> (10 * index)) \(units[index])"
  }

  private static func clipped(_ text: String, _ count: Int) -> String {
    text.count <= count ? text : text.prefix(count - 1) + "…"
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }

  private static let style = """
    :root{--back:#f6f7f9;--card:#fff;--text:#1c2330;--soft:#5b6576;--line:#dfe3ea;--bar:#2f6fde;--track:#eef1f6}
    @media(prefers-color-scheme:dark){:root{--back:#12151b;--card:#1b2029;--text:#e6eaf1;--soft:#9aa5b6;--line:#2c3340;--bar:#6ea0ff;--track:#252c38}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--back);color:var(--text);font:15px/1.45 system-ui,sans-serif}
    main,footer{max-width:1280px;margin:0 auto;padding:20px 16px}
    footer{color:var(--soft);font-size:13px}
    h1{font-size:22px;margin:0 0 8px}
    h2{font-size:16px;margin:0 0 10px;overflow-wrap:anywhere}
    section{margin-top:20px}
    .inputs{list-style:none;margin:0;padding:0;overflow-wrap:anywhere}
    .inputs span,.note,.axis,.tile span,.tile small{color:var(--soft)}
    .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px}
    .tile,.card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:14px}
    .tile span,.tile small{display:block;font-size:13px}
    .tile b{display:block;font-size:21px;overflow-wrap:anywhere}
    .cards{columns:400px;column-gap:16px}
    .two{columns:560px}
    .cards .card{break-inside:avoid;margin-bottom:16px}
    .wide{display:grid;gap:16px}
    .card{min-width:0}
    table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
    .bars{table-layout:fixed}
    .bars th{width:38%;text-align:left;font-weight:normal;padding:2px 8px 2px 0;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
    .bars td{text-align:right;padding:2px 0 2px 6px;white-space:nowrap;width:88px}
    .bars td:last-child{width:64px;color:var(--soft)}
    .bars .bar{width:auto;padding:2px 0}
    .bar i{display:block;height:12px;min-width:1px;background:var(--bar);border-radius:2px}
    .scroll{overflow-x:auto}
    .list th,.list td{text-align:right;padding:4px 0 4px 14px;border-top:1px solid var(--line);white-space:nowrap}
    .list th{border-top:0;color:var(--soft);font-weight:normal}
    .list th:first-child,.list td:first-child{text-align:left;padding-left:0;white-space:normal;overflow-wrap:anywhere;min-width:120px}
    svg{display:block;width:100%;height:120px;background:var(--track);border-radius:4px;fill:var(--bar);shape-rendering:crispEdges}
    .axis{display:flex;justify-content:space-between;gap:12px;font-size:13px;margin-top:4px}
    .note{font-size:13px;margin:8px 0 0}
    ul{padding-left:18px}
    @media(max-width:480px){.bars td{width:72px}.bars td:last-child{display:none}.bars th{width:44%}}
    """
}
