// Elements of annotation lists that a reader without a parser may get wrong.

/// Texts of elements.
enum AnnotationElements {
  /// Annotations of which the scanner cannot be sure, or nearly cannot.
  static let doubtful = [
    "7", "null", "\"text\"", "[1,{\"title\":\"x\"}]", "{}", " { } ", "{\"title\":null}",
    "{\"title\":\"a\",\"title\":\"b\"}",
    "{\"title\":\"\\ud800\"}", "{\"ti\\u0074le\":\"spelled\"}", "{\"title\":\"t\\u0069tle\"}",
    "{\"\\ud83dx\":1}",
    "{\"page\":1,\"page\":2}", "{\"page\":\"1\"}", "{\"title\":{\"a\":1},\"page\":[2],\"tool\":{}}",
    "{\"page\":{},\"zone\":[]}", "{\"page\":-1}", "{\"page\":1.0}", "{\"page\":1e2}",
    "{\"page\":0}",
    "{\"page\":123456789012345}", "{\"page\":1234567890123456}", "{\"page\":1048575}", "{\"page\":1048576}",
    "{\"metadata\":{\"createdBy\":\"u\"},\"metadata\":{\"createdBy\":\"v\"}}",
    "{\"metadata\":{\"createdBy\":\"u\",\"createdBy\":\"v\",\"x\":{\"createdBy\":\"w\"}}}",
    "{\"metadata\":{\"createdBy\":null}}", "{\"metadata\":{}}", "{\"metadata\":[{\"createdBy\":\"u\"}]}",
    "{\"metadata\":{\"created\\u0042y\":\"u\"}}", "{\"metadata\":{\"createdBy\":\"\\ud800\"}}",
    "{\"zebra\":{},\"ant\":[1]}", "{\"zebra\":1,\"zebra\":{}}",
    "{\"ant\":{},\"point\":[1,2],\"bounding-box\":null}",
    "{\"tool\":\"radio\",\"answer\":[\"}\",\"\\\"\"]}", "{\"tool\":7}",
    "{\"tool\":{},\"zone\":{\"a\":\"]\"}}",
    "{\"a\":\"\\\\\",\"b\":\"\\\"\",\"c\":\"x\\\\\\\"y\"}", "{\"größe\":{},\"title\":\"Fußgänger\"}",
    "{\"title\":\"a\" , \"page\" : 3 , \"x\" : true , \"y\" : null , \"z\" : -1.5e3 }",
    "{\"objectId\":\"é\\n\",\"schemaId\":\"\u{7F}\",\"title\":\"usual\"}",
    "{\"objectId\":null,\"schemaId\":false,\"page\":-0.0E+1}",
    "{\"objectId\":{\"a\":[1, 2]},\"schemaId\":[ ]}",
    "{\"objectId\":1,\"objectId\":2,\"schemaId\":3,\"schemaId\":4}",
  ]

  /// What no list of annotations has at this place.
  static let malformed = [
    "{\"a\":1,}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{,}", "{\"a\":tru}", "{\"a\":truE}", "{\"a\":truee}",
    "{\"a\":01}", "{\"a\":1.}", "{\"a\":-}", "{\"a\":+1}", "{\"a\":1e}", "{\"a\":[1}",
    "{\"a\":[}]}", "{\"a\":{]}",
    "{\"a\":\"\u{1}\"}", "{\"a\":\"plain text and then\\x\"}", "{\"a\":\"\\u12\"}",
    "{\"title\":\"\\x\"}", "{\"metadata\":{\"createdBy\":\"\\x\"}}",
    "{\"metadata\":{\"a\":1,}}",
    "{\"metadata\":{1:2}}", "{\"page\":00}", "{\"page\":1x}", "{a:1}", "{\"a\":}", "{\"\\x\":1}", "{} {}",
    "{},", ",{}", "{}]",
  ]
}
