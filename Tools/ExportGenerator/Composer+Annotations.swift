// Annotations: tools over frames and tracks, classifications with nested ones, relations. A copy in the history
// is the same element without its `metadata`, as in the vendor's sample.

extension Composer {
  /// One element of `tools`.
  mutating func tool(_ plan: AssetPlan, _ index: Int, isCopy: Bool) {
    let track = plan.seed(Salt.track, plan.track(of: index))
    let own = plan.seed(Salt.tool, index)
    let title = Int(truncatingIfNeeded: (track >> 32) % UInt64(vocabulary.tools.count))
    if !isCopy { tally.tool(title) }
    // Drawn boxes have their shape first, interpolated ones have it later.
    object(8, first: own & 3 == 0 ? 0b1000 : 0, context: 0b100_0011) { composer, member in
      switch member {
      case 0:
        composer.out.key("objectId")
        composer.out.identifier(track, length: 23)
      case 1: composer.schemaId(title)
      case 2:
        composer.out.key("classifications")
        composer.array(track & 15 == 0 ? 1 : 0) { composer, _ in
          composer.nested(track, depth: 0)
        }
      case 3: composer.shape(composer.vocabulary.tools[title].shape, track, own)
      case 4 where !isCopy: composer.authorship(plan, frame: plan.frame(of: index), track)
      case 5 where plan.isVideo: composer.number("page", plan.frame(of: index))
      case 6: composer.title(composer.vocabulary.tools[title].name, track, own)
      case 7 where track >> 4 & 63 == 0:
        composer.out.key("interpolationStopped")
        composer.out.raw(own & 4 == 0 ? "true" : "false")
      default: break
      }
    }
  }

  mutating func schemaId(_ title: Int) {
    out.key("schemaId")
    out.identifier(SplitMix64.mix(UInt64(title) &+ 77), length: 23)
  }

  private mutating func title(_ name: Name, _ track: UInt64, _ own: UInt64) {
    self.name("title", name, escaped: track >> 10 & 7 == 0)
    if options.traps, own >> 20 & 63 == 1 { text("title", "Car") }
  }

  /// `metadata`: who made an annotation, and when.
  private mutating func authorship(_ plan: AssetPlan, frame: Int, _ bits: UInt64) {
    let day = plan.updatedDay - 3
    let milliseconds = (Int(bits >> 40) + frame * 1733) % 86_400_000
    out.key("metadata")
    object(6) { composer, member in
      switch member {
      case 0:
        composer.out.key("createdAt")
        if bits >> 13 & 63 == 0 {
          composer.out.integer(day * 86_400_000 + milliseconds)
        } else {
          composer.out.timestamp(day: day, milliseconds: milliseconds)
        }
      case 1: composer.person("createdBy", bits)
      case 2: composer.text("createdIn", "Label")
      case 3 where bits >> 19 & 7 == 0:
        composer.out.key("updatedAt")
        composer.out.timestamp(day: day + 1, milliseconds: milliseconds)
      case 4 where bits >> 19 & 7 == 0: composer.person("updatedBy", bits << 1)
      case 5 where bits >> 19 & 7 == 0: composer.text("updatedIn", "Review")
      default: break
      }
    }
  }

  // MARK: Shapes

  /// Tracks move, and one in four keeps its size: then only `x` and `y` come from the annotation.
  private mutating func shape(_ shape: Shape, _ track: UInt64, _ own: UInt64) {
    out.key(shape.key)
    switch shape {
    case .box, .rotatedBox: box(isRotated: shape == .rotatedBox, track, own)
    case .polyline, .polygon: ring(3 + Int(track >> 24 & 3), own)
    case .segmentation:
      object(1) { composer, _ in
        composer.out.key("zones")
        composer.array(1) { composer, _ in composer.zone(track, own) }
      }
    }
  }

  private mutating func box(isRotated: Bool, _ track: UInt64, _ own: UInt64) {
    let size = track >> 30 & 3 == 0 ? track : SplitMix64.mix(own &+ 1)
    object(isRotated ? 6 : 4) { composer, member in
      switch member {
      case 0: composer.coordinate("x", own, limit: 1920)
      case 1: composer.coordinate("y", SplitMix64.mix(own), limit: 1080)
      case 2: composer.coordinate("height", size | 64, limit: 400)
      case 3: composer.coordinate("width", SplitMix64.mix(size) | 64, limit: 600)
      case 4: composer.coordinate("rotation", track >> 1, limit: 360)
      default:
        composer.out.key("corners")
        composer.ring(4, own)
      }
    }
  }

  private mutating func coordinate(_ key: StaticString, _ bits: UInt64, limit: UInt64) {
    out.key(key)
    out.coordinate(bits, limit: limit)
  }

  private mutating func ring(_ points: Int, _ own: UInt64) {
    array(points) { composer, point in
      let bits = SplitMix64.mix(own &+ UInt64(point))
      composer.array(2) { $0.out.coordinate($1 == 0 ? bits : SplitMix64.mix(bits), limit: 1900) }
    }
  }

  private mutating func zone(_ track: UInt64, _ own: UInt64) {
    object(2) { composer, member in
      composer.out.key(member == 0 ? "region" : "holes")
      if member == 0 {
        composer.ring(3 + Int(track >> 24 & 3), own)
      } else {
        composer.array(track >> 28 & 7 == 0 ? 1 : 0) { $0.ring(3, own &+ 99 &+ UInt64($1)) }
      }
    }
  }

  // MARK: Classifications and relations

  /// One element of a task's `classifications`.
  mutating func classification(_ plan: AssetPlan, _ index: Int, isCopy: Bool) {
    let question = index % vocabulary.classifications.count
    if !isCopy { tally.classification(question) }
    ask(question, plan.seed(Salt.classification, index), plan, isCopy: isCopy)
  }

  private mutating func ask(_ question: Int, _ bits: UInt64, _ plan: AssetPlan, isCopy: Bool) {
    object(8, context: 0b1011) { composer, member in
      switch member {
      case 0:
        composer.out.key("objectId")
        composer.out.identifier(bits, length: 23)
      case 1: composer.schemaId(question + 20)
      case 2: composer.text("tool", composer.vocabulary.classifications[question].tool)
      case 3: composer.title(composer.vocabulary.classifications[question].name, bits, bits >> 7)
      case 4: composer.answer(question, bits)
      case 5 where !isCopy: composer.authorship(plan, frame: 0, bits)
      case 6:
        composer.out.key("classifications")
        composer.array(bits & 3 == 0 ? 1 : 0) { $0.nested(bits &+ UInt64($1), depth: 0) }
      case 7 where plan.isVideo && bits >> 50 & 3 == 0: composer.number("page", 0)
      default: break
      }
    }
  }

  /// A classification inside an annotation, which no filter counts.
  private mutating func nested(_ seed: UInt64, depth: Int) {
    let bits = SplitMix64.mix(seed &+ 5)
    object(6, context: 0b1011) { composer, member in
      switch member {
      case 0:
        composer.out.key("objectId")
        composer.out.identifier(bits, length: 23)
      case 1: composer.schemaId(40 + depth)
      case 2: composer.text("tool", depth == 0 ? "radio" : "text")
      case 3: composer.text("title", composer.options.traps ? "Car" : depth == 0 ? "Occluded" : "Why")
      case 4: composer.text("answer", depth == 0 ? "partly" : "hinter dem Baum")
      default:
        composer.out.key("classifications")
        let more = depth < 6 && (bits & 1 == 0)
        composer.array(more ? 1 : 0) { composer, _ in
          composer.nested(bits, depth: depth + 1)
        }
      }
    }
  }

  /// A string, a list, null or nothing at all, as the tool has it.
  private mutating func answer(_ question: Int, _ bits: UInt64) {
    if bits >> 53 & 31 == 0 { return }
    if bits >> 53 & 31 == 1 { return null("answer") }
    out.key("answer")
    switch question {
    case 0: out.string(bits >> 58 & 1 == 0 ? "Clear" : "Heavy rain")
    case 1, 3:
      array(Int(bits >> 58 & 3)) { composer, index in
        composer.out.string(index == 0 ? "1" : index == 1 ? "Ampel" : "Zebrastreifen \\u00e4")
      }
    case 2: out.string(bits >> 58 & 1 == 0 ? "Night" : "Day")
    case 4: array(2) { composer, index in composer.out.string(index == 0 ? "1" : "1 / 2") }
    default: if options.traps { trapText(bits) } else { out.string("blurred, see frame 12 – „unscharf“") }
    }
  }

  /// One element of a task's `relations`: a pair or a group.
  mutating func relation(_ plan: AssetPlan, _ index: Int, isCopy: Bool) {
    let bits = plan.seed(Salt.relation, index)
    let isGroup = bits & 3 == 0
    let title = isGroup ? 1 : 0
    if !isCopy { tally.relation(title) }
    object(9, context: 0b1001_1000) { composer, member in
      switch member {
      case 0 where !isGroup: composer.end("from", plan, bits)
      case 1 where !isGroup: composer.end("to", plan, bits >> 16)
      case 2 where isGroup:
        composer.out.key("group")
        composer.array(2 + Int(bits >> 2 & 3)) { composer, member in
          composer.track(plan, bits >> UInt64(member * 8))
        }
      case 3:
        composer.out.key("objectId")
        composer.out.identifier(bits, length: 23)
      case 4: composer.schemaId(60 + title)
      case 5 where !isGroup: composer.text("direction", "straight")
      case 6 where !isCopy: composer.authorship(plan, frame: 0, bits)
      case 7: composer.name("title", composer.vocabulary.relations[title], escaped: false)
      case 8 where plan.isVideo: composer.number("page", 0)
      default: break
      }
    }
  }

  private mutating func end(_ key: StaticString, _ plan: AssetPlan, _ bits: UInt64) {
    out.key(key)
    track(plan, bits)
  }

  /// The `objectId` of some annotation of the asset.
  private mutating func track(_ plan: AssetPlan, _ bits: UInt64) {
    let index = Int(bits & 0xFFFF_FFFF) % max(plan.tools, 1)
    out.identifier(plan.seed(Salt.track, plan.track(of: index)), length: 23)
  }
}
