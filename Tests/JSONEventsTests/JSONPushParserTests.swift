import Testing

@testable import JSONEvents

@Suite struct JSONPushParserTests {
  static let text = #"""
    { "k\u00e9y" : [ 0, -12.5e+3 , true,false ,null, "", "a\"b\\", "Grüße €𝄞", "\ud834\udd1e\/", {} ,
       "\ud83d", "\ude00x", "\ud83d\u0041" ,            [ [ ] ], 1234567890123456789012345678901234567890
       ], "Ключ":{"a":1,"b":[2,{"c":"\n\t"}]},"z":1E2}
    """#

  /// The events do not depend on how the input is cut.
  @Test(arguments: 1...40) func chunksDoNotShow(size: Int) {
    let bytes = Array(Self.text.utf8)
    let whole = parsed(bytes, cuts: [])
    #expect(whole.isValid && whole.events.count > 30)
    #expect(parsed(bytes, cuts: evenCuts(bytes.count, size: size)) == whole)
  }

  /// The same with one cut, at every place, so that the chunks on either side are long.
  @Test func oneCutDoesNotShow() {
    let bytes = Array(Self.text.utf8)
    let whole = parsed(bytes, cuts: [])
    for cut in 0...bytes.count { #expect(parsed(bytes, cuts: [cut]) == whole, "cut at \(cut)") }
  }

  /// Each event has the text and the place of its token; empty chunks change nothing.
  @Test func eventsTellTextAndPlace() {
    let bytes = Array(#"{"a":[1,"x\n",true,false,null],"b":{}}"#.utf8)
    let expected = [
      "{ 0", "key a raw \"a\" false 1..<4", "[ 5", "number 1 6..<7",
      "string x\n raw \"x\\n\" false 8..<13", "true 14..<18", "false 19..<24", "null 25..<29", "] 29",
      "key b raw \"b\" false 31..<34", "{ 35", "} 36", "} 37",
    ]
    #expect(parsed(bytes, cuts: [0, 3, 3, 3]).events == expected)
  }
}
