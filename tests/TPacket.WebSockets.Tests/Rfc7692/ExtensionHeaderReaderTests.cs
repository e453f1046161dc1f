using System.Text;
using TPacket.WebSockets.Compression;

namespace TPacket.WebSockets.Tests;

/// <summary>RFC 6455, section 9.1: the grammar of Sec-WebSocket-Extensions.</summary>
public class ExtensionHeaderReaderTests
{
    private const string Malformed = "malformed";

    [Theory]
    [InlineData("foo", "foo")]
    [InlineData("foo, bar; baz=2", "foo|bar ;baz=2")]
    [InlineData("deflate-stream", "deflate-stream")]
    [InlineData("mux; max-channels=4; flow-control, deflate-stream", "mux ;max-channels=4 ;flow-control|deflate-stream")]
    [InlineData("private-extension", "private-extension")]
    [InlineData("foo;bar;baz", "foo ;bar ;baz")]
    [InlineData("foo; bar=\"baz\"", "foo ;bar=baz")]
    [InlineData("foo; bar=\"b\\az\"", "foo ;bar=baz")]
    [InlineData("foo; bar=\"\\b\\a\\z\"; x", "foo ;bar=baz ;x")]
    [InlineData("foo; bar=\"1\",foo; bar=2", "foo ;bar=1|foo ;bar=2")]
    [InlineData("!#$%&'*+-.^_`|~09AZaz", "!#$%&'*+-.^_`|~09AZaz")]
    public void Reads_extensions_and_their_parameters(string header, string expected) => Assert.Equal(expected, Read(header));

    [Theory]
    [InlineData(" \tfoo\t ", "foo")]
    [InlineData("foo ;bar", "foo ;bar")]
    [InlineData("foo ; \t bar = 1 , baz", "foo ;bar=1|baz")]
    [InlineData("foo; bar =\"1\" ;x", "foo ;bar=1 ;x")]
    [InlineData("foo; bar= \"1\"\t", "foo ;bar=1")]
    public void White_space_is_allowed_around_every_part(string header, string expected) => Assert.Equal(expected, Read(header));

    [Theory]
    [InlineData(",foo", "foo")]
    [InlineData("foo,", "foo")]
    [InlineData(" , ,\t, foo ,, ,bar, ", "foo|bar")]
    public void Empty_elements_are_ignored(string header, string expected) => Assert.Equal(expected, Read(header));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(",")]
    [InlineData(" , ,, ")]
    [InlineData(";")]
    [InlineData(";foo")]
    [InlineData("foo;")]
    [InlineData("foo; ")]
    [InlineData("foo;,bar")]
    [InlineData("foo;;bar")]
    [InlineData("foo; bar=")]
    [InlineData("foo; bar=,baz")]
    [InlineData("foo; bar=;baz")]
    [InlineData("foo; =1")]
    [InlineData("foo=1")]
    [InlineData("foo bar")]
    [InlineData("foo; bar baz")]
    [InlineData("foo; bar=1 2")]
    [InlineData("foo; bar=1=2")]
    [InlineData("foo; bar=\"")]
    [InlineData("foo; bar=\"\"")]
    [InlineData("foo; bar=\"1")]
    [InlineData("foo; bar=\"1\\")]
    [InlineData("foo; bar=\"1\\\"")]
    [InlineData("foo; bar=\"1 2\"")]
    [InlineData("foo; bar=\" 1\"")]
    [InlineData("foo; bar=\"1,2\"")]
    [InlineData("foo; bar=\"\\\\\"")]
    [InlineData("foo; bar=\"\\\"\"")]
    [InlineData("foo; bar=\"1\"2")]
    [InlineData("foo; bar=1\"2\"")]
    [InlineData("\"foo\"")]
    [InlineData("foo; \"bar\"=1")]
    [InlineData("foo/bar")]
    [InlineData("foo@bar")]
    [InlineData("foo(bar)")]
    [InlineData("{foo}")]
    [InlineData("foo:bar")]
    [InlineData("foo\0")]
    [InlineData("foo\r\n bar")]
    [InlineData("f\u00f6\u00f6")]
    [InlineData("foo, bar; baz, =")]
    public void Other_input_is_malformed(string header) => Assert.EndsWith(Malformed, Read(header), StringComparison.Ordinal);

    [Fact]
    public void Parts_before_the_error_are_read() => Assert.Equal("foo ;bar=1|baz|malformed", Read("foo; bar=1, baz, =", separateFault: true));

    [Fact]
    public void After_the_end_every_read_returns_the_end()
    {
        var reader = new ExtensionHeaderReader("foo"u8);
        Assert.Equal(ExtensionHeaderPart.Extension, reader.Read());
        Assert.Equal(ExtensionHeaderPart.End, reader.Read());
        Assert.Equal(ExtensionHeaderPart.End, reader.Read());
        reader = new ExtensionHeaderReader("=, foo"u8);
        Assert.Equal(ExtensionHeaderPart.Malformed, reader.Read());
        Assert.Equal(ExtensionHeaderPart.Malformed, reader.Read());
    }

    [Fact]
    public void A_value_that_does_not_fit_is_not_copied()
    {
        var reader = new ExtensionHeaderReader("foo; bar=\"\\1\\2\\3\""u8);
        reader.Read();
        reader.Read();
        Assert.Equal(-1, reader.CopyValueTo(new byte[2]));
        Assert.Equal(3, reader.CopyValueTo(new byte[3]));
    }

    [Fact]
    public void A_valid_header_round_trips()
    {
        var random = new Random(6455);
        var alphabet = "ab1;;,,==\"\"\\\\  \t"u8.ToArray();
        var accepted = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var header = new byte[random.Next(1, 14)];
            for (var at = 0; at < header.Length; at++)
                header[at] = alphabet[random.Next(alphabet.Length)];
            var read = Read(header);
            if (read.EndsWith(Malformed, StringComparison.Ordinal))
                continue;
            accepted++;
            Assert.Equal(read, Read(read.Replace('|', ',')));
        }

        Assert.InRange(accepted, 1000, 200_000);
    }

    private static string Read(string header, bool separateFault = false)
    {
        var read = Read(Encoding.Latin1.GetBytes(header));
        return separateFault || !read.EndsWith(Malformed, StringComparison.Ordinal) ? read : Malformed;
    }

    private static string Read(byte[] header)
    {
        var reader = new ExtensionHeaderReader(header);
        var text = new StringBuilder();
        Span<byte> value = stackalloc byte[64];
        for (var parts = 0; parts <= header.Length; parts++)
        {
            switch (reader.Read())
            {
                case ExtensionHeaderPart.End:
                    return text.ToString();
                case ExtensionHeaderPart.Malformed:
                    return text.Append(text.Length > 0 ? "|" : "").Append(Malformed).ToString();
                case ExtensionHeaderPart.Extension:
                    text.Append(text.Length > 0 ? "|" : "").Append(Encoding.Latin1.GetString(reader.Name));
                    break;
                default:
                    text.Append(" ;").Append(Encoding.Latin1.GetString(reader.Name));
                    if (reader.HasValue)
                        text.Append('=').Append(Encoding.Latin1.GetString(value[..reader.CopyValueTo(value)]));
                    break;
            }
        }

        throw new InvalidOperationException("More parts than bytes.");
    }
}
