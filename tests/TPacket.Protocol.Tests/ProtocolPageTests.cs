using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;

namespace TPacket.Protocol.Tests;

/// <summary>docs/protocol.md is the contract, so it must agree with the code.</summary>
public partial class ProtocolPageTests
{
    private static readonly string _page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "protocol.md")).ReplaceLineEndings("\n");

    [Fact]
    public void The_page_lists_every_error_code()
    {
        var rows = ErrorRow().Matches(_page).Select(row => (Int(row.Groups[1].Value), row.Groups[2].Value));
        var codes = Enum.GetValues<PacketErrorCode>().Select(code => ((int)code, code.ToString()));

        Assert.Equal(codes.OrderByDescending(code => code.Item1), rows);
    }

    [Fact]
    public void The_page_lists_every_command()
    {
        var rows = CommandRow().Matches(_page).Select(row => (Int(row.Groups[1].Value), row.Groups[2].Value.Replace("_", "", StringComparison.Ordinal)));
        var commands = Enum.GetValues<PacketCommand>().Select(command => ((int)command, command.ToString().ToUpperInvariant()));

        Assert.Equal(commands, rows);
    }

    [Fact]
    public void The_examples_of_the_page_are_packets()
    {
        var examples = CodeBlock().Matches(_page).SelectMany(block => Packets(block.Groups[1].Value)).ToArray();

        Assert.Equal(37, examples.Length);
        foreach (var example in examples)
        {
            Assert.Equal(PacketReadStatus.Done, PacketReader.TryReadMessage(example, out var header, out var data));
            Assert.True(Enum.IsDefined((PacketCommand)header.Command) || header.Command == 256);
            var written = new byte[example.Length];
            PacketWriter.Write(written, header.Uid, header.Command, header.P1, header.P2, data);
            Assert.Equal(example, written);
        }
    }

    // Returns the bytes of a block, split by the sizes of the packets. The line below the bytes has the names of the fields. A block without a packet may have words that look like bytes.
    private static IEnumerable<byte[]> Packets(string block)
    {
        var lines = block.Split('\n').Where(line => !line.StartsWith("signature", StringComparison.Ordinal));
        var hex = string.Concat(lines.SelectMany(line => line.Split(' ')).Where(word => HexByte().IsMatch(word)));
        for (var rest = hex.Contains("456a3840", StringComparison.Ordinal) ? Wire.Hex(hex) : []; rest.Length > 0;)
        {
            var size = BinaryPrimitives.ReadInt32LittleEndian(rest.AsSpan(8));
            yield return rest[..size];
            rest = rest[size..];
        }
    }

    private static int Int(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\| (-\d+) \| (\w+) \|", RegexOptions.Multiline)]
    private static partial Regex ErrorRow();

    [GeneratedRegex(@"^\| (\d+) \| ([A-Z_]{3,}) \| (?:client|server|both) \|", RegexOptions.Multiline)]
    private static partial Regex CommandRow();

    [GeneratedRegex(@"^```\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("^[0-9a-f]{2}$")]
    private static partial Regex HexByte();
}
