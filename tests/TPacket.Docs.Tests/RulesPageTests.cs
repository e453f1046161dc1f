using System.Buffers;
using TPacket.Docs.Tests.Snippets;

namespace TPacket.Docs.Tests;

/// <summary>The rules in docs/extending.md work.</summary>
public class RulesPageTests
{
    [Fact]
    public void The_pages_MessagePack_serializer_reads_its_own_output_and_rejects_other_data()
    {
        var serializer = new MessagePackPayloadSerializer();
        var written = new ArrayBufferWriter<byte>();
        serializer.Serialize<BoardEvent>(written, new Moved(3, -4));

        Assert.Equal([0x92, 0x00, 0x92, 0x03, 0xfc], written.WrittenSpan.ToArray());
        Assert.True(serializer.TryDeserialize<BoardEvent>(written.WrittenMemory, out var read));
        Assert.Equal(new Moved(3, -4), read);
        for (var length = 0; length < written.WrittenCount; length++)
            Assert.False(serializer.TryDeserialize<BoardEvent>(written.WrittenMemory[..length], out _));
        Assert.False(serializer.TryDeserialize<Move>("no move"u8.ToArray(), out _));
    }

    [Fact]
    public void The_pages_newer_rules_read_a_state_of_the_older_ones()
    {
        Assert.True(new NewPollRules().TryReadState(1, """{"Votes":{"alice":1}}"""u8.ToArray(), out var ballot));

        Assert.Equal(1, ballot.Votes["alice"]);
        Assert.Null(ballot.First);
    }
}
