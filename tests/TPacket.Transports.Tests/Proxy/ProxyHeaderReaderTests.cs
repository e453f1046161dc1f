using System.Net;
using System.Net.Sockets;
using System.Text;
using TPacket.Transports.Proxy;

namespace TPacket.Transports.Tests.Proxy;

/// <summary>Every header is read whole and split at every offset, and other input is rejected at its first wrong byte.</summary>
public class ProxyHeaderReaderTests
{
    private const int MaxLength = 600;
    private const string Signature = "0D0A0D0A000D0A515549540A";

    public static TheoryData<string, string?, string?> TextHeaders => new()
    {
        { "PROXY TCP4 192.0.2.1 198.51.100.255 56324 443\r\n", "192.0.2.1:56324", "198.51.100.255:443" },
        { "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535", "255.255.255.255:65535" },
        { "PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", "0.0.0.0:0", "0.0.0.0:0" },
        { "PROXY TCP6 2001:db8::1 ::1 1 2\r\n", "[2001:db8::1]:1", "[::1]:2" },
        { "PROXY TCP6 ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n", null, null },
        { "PROXY TCP6 ::ffff:192.0.2.1 2001:DB8::1 1 2\r\n", "[::ffff:192.0.2.1]:1", "[2001:db8::1]:2" },
        { "PROXY UNKNOWN\r\n", "", "" },
        { "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n", "", "" },
        { "PROXY UNKNOWN whatever this is\r\n", "", "" },
    };

    [Theory]
    [MemberData(nameof(TextHeaders))]
    public void A_header_of_version_1_is_read_however_it_is_split(string line, string? source, string? destination)
    {
        var bytes = Encoding.ASCII.GetBytes(line);
        if (source is null)
            Assert.Equal(ProxyReadStatus.Malformed, ProxyHeaderReader.TryRead(bytes, MaxLength, out _, out _));
        else
            Check(bytes, source, destination!);
    }

    [Fact]
    public void The_longest_line_is_read_and_a_longer_one_is_malformed()
    {
        var line = "PROXY UNKNOWN " + new string('x', 107 - 16) + "\r\n";
        Assert.Equal(107, line.Length);
        Check(Encoding.ASCII.GetBytes(line), "", "");
        Assert.Equal(ProxyReadStatus.Malformed, Read($"PROXY UNKNOWN {new string('x', 107 - 15)}\r\n"));
        Assert.Equal(ProxyReadStatus.NeedMore, Read($"PROXY UNKNOWN {new string('x', 106 - 14)}"));
        Assert.Equal(ProxyReadStatus.Malformed, Read($"PROXY UNKNOWN {new string('x', 107 - 14)}"));
    }

    [Theory]
    [InlineData("PROXY \r\n")]
    [InlineData("PROXY TCP4\r\n")]
    [InlineData("PROXY TCP5 192.0.2.1 192.0.2.2 1 2\r\n")]
    [InlineData("PROXY tcp4 192.0.2.1 192.0.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n")]
    [InlineData("PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n")]
    [InlineData("PROXY TCP4 192.0.2 192.0.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.256 192.0.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.02.1 192.0.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4 0xC0.0.2.1 192.0.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4 3221225985 192.0.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4 ::1 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n")]
    [InlineData("PROXY TCP6 [::1] ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 [::1]:80 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 fe80::1%1 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 ::1::1 ::1 1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1 99999\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 +1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2  2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1 000002\r\n")]
    public void A_line_that_violates_the_protocol_is_malformed(string line)
    {
        Assert.Equal(ProxyReadStatus.Malformed, Read(line));
        for (var length = 0; length < line.IndexOf('\n', StringComparison.Ordinal); length++)
            Assert.Equal(ProxyReadStatus.NeedMore, Read(line[..length]));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n", 1)]
    [InlineData("PROXX", 5)]
    [InlineData("PROXY\r\n", 6)]
    [InlineData("proxy TCP4", 1)]
    [InlineData("\r\n\r\n\0\r\nQUIX", 11)]
    [InlineData("\u0016\u0003\u0001", 1)]
    public void Other_bytes_are_rejected_at_the_first_byte_that_differs(string text, int differsAt)
    {
        for (var length = 0; length <= text.Length; length++)
            Assert.Equal(length < differsAt ? ProxyReadStatus.NeedMore : ProxyReadStatus.Missing, Read(text[..length]));
    }

    [Theory]
    [InlineData("21" + "11" + "000C" + "C0000201" + "C6336402" + "DC04" + "01BB", "192.0.2.1:56324", "198.51.100.2:443")]
    [InlineData("21" + "12" + "000C" + "C0000201" + "C6336402" + "DC04" + "01BB", "192.0.2.1:56324", "198.51.100.2:443")]
    [InlineData("21" + "21" + "0024" + "20010DB8000000000000000000000001" + "00000000000000000000000000000001" + "0001" + "0002", "[2001:db8::1]:1", "[::1]:2")]
    [InlineData("21" + "11" + "0013" + "C0000201" + "C6336402" + "DC04" + "01BB" + "04000400000000", "192.0.2.1:56324", "198.51.100.2:443")]
    [InlineData("20" + "00" + "0000", "", "")]
    [InlineData("20" + "11" + "000C" + "C0000201" + "C6336402" + "DC04" + "01BB", "", "")]
    [InlineData("20" + "FF" + "0003" + "010203", "", "")]
    [InlineData("21" + "00" + "0000", "", "")]
    [InlineData("21" + "00" + "0004" + "01020304", "", "")]
    public void A_header_of_version_2_is_read_however_it_is_split(string hex, string source, string destination) => Check(Convert.FromHexString(Signature + hex), source, destination);

    [Fact]
    public void A_Unix_address_is_a_path_or_null()
    {
        var block = new byte[216];
        "/run/client"u8.CopyTo(block);
        Check([.. Convert.FromHexString(Signature + "213100D8"), .. block], "/run/client", "");
        "\0abstract"u8.CopyTo(block.AsSpan());
        block.AsSpan(108).Fill((byte)'x');
        Check([.. Convert.FromHexString(Signature + "213100D8"), .. block], "", "", hasAddresses: true);
    }

    [Theory]
    [InlineData("11")]
    [InlineData("22")]
    [InlineData("30")]
    [InlineData("01")]
    public void An_unknown_version_or_command_is_malformed_at_its_byte(string hex)
    {
        if (hex is "22")
            hex = "2F";
        Assert.Equal(ProxyReadStatus.Malformed, ProxyHeaderReader.TryRead(Convert.FromHexString(Signature + hex), MaxLength, out _, out _));
    }

    [Theory]
    [InlineData("21" + "11" + "000B" + "0000000000000000000000")]
    [InlineData("21" + "21" + "000C" + "000000000000000000000000")]
    [InlineData("21" + "31" + "000C" + "000000000000000000000000")]
    [InlineData("21" + "13" + "000C" + "000000000000000000000000")]
    [InlineData("21" + "41" + "000C" + "000000000000000000000000")]
    [InlineData("21" + "01" + "000C" + "000000000000000000000000")]
    public void Addresses_of_a_wrong_length_and_unknown_families_are_malformed(string hex) =>
        Assert.Equal(ProxyReadStatus.Malformed, ProxyHeaderReader.TryRead(Convert.FromHexString(Signature + hex), MaxLength, out _, out _));

    [Fact]
    public void A_length_beyond_the_limit_is_malformed_before_the_bytes_arrive()
    {
        Assert.Equal(ProxyReadStatus.Malformed, ProxyHeaderReader.TryRead(Convert.FromHexString(Signature + "2111FFFF"), MaxLength, out _, out _));
        Assert.Equal(ProxyReadStatus.Malformed, ProxyHeaderReader.TryRead(Convert.FromHexString(Signature + "21110249"), MaxLength, out _, out _));
        Assert.Equal(ProxyReadStatus.NeedMore, ProxyHeaderReader.TryRead(Convert.FromHexString(Signature + "21110248"), MaxLength, out _, out _));
        Check([.. Convert.FromHexString(Signature + "21110248"), .. new byte[584]], "0.0.0.0:0", "0.0.0.0:0");
    }

    [Fact]
    public void No_bytes_make_the_reader_throw()
    {
        var random = new Random(3);
        var seeds = TextHeaders.Select(static row => Encoding.ASCII.GetBytes((string)row[0])).Append(Convert.FromHexString(Signature + "2111000CC0000201C6336402DC0401BB")).ToArray();
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = seeds[random.Next(seeds.Length)].ToArray();
            for (var change = random.Next(4); change >= 0; change--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var status = ProxyHeaderReader.TryRead(bytes.AsSpan(0, random.Next(bytes.Length + 1)), MaxLength, out _, out var consumed);
            Assert.Equal(status == ProxyReadStatus.Done, consumed > 0);
            Assert.InRange(consumed, 0, bytes.Length);
        }
    }

    private static ProxyReadStatus Read(string text) => ProxyHeaderReader.TryRead(Encoding.Latin1.GetBytes(text), MaxLength, out _, out _);

    private static void Check(byte[] bytes, string source, string destination, bool? hasAddresses = null)
    {
        for (var length = 0; length < bytes.Length; length++)
            Assert.Equal(ProxyReadStatus.NeedMore, ProxyHeaderReader.TryRead(bytes.AsSpan(0, length), MaxLength, out _, out _));
        byte[] withMore = [.. bytes, .. "and more\r\n"u8];
        Assert.Equal(ProxyReadStatus.Done, ProxyHeaderReader.TryRead(withMore, MaxLength, out var header, out var consumed));
        Assert.Equal(bytes.Length, consumed);
        Assert.Equal(hasAddresses ?? (source + destination).Length > 0, header.HasAddresses);
        Assert.Equal(Parse(source), header.Source);
        Assert.Equal(Parse(destination), header.Destination);
    }

    private static EndPoint? Parse(string text) => text.Length == 0 ? null : text[0] == '/' ? new UnixDomainSocketEndPoint(text) : IPEndPoint.Parse(text);
}
