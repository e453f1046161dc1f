using System.Text;
using TPacket.WebSockets;

namespace TPacket.Compare.Redis;

/// <summary>A client of a SignalR hub with the JSON protocol: records that end with 0x1e.</summary>
internal sealed class SignalRTextClient(Load load, PacedMember member) : PacedClient(load, member)
{
    private const byte End = 0x1e;

    protected override void OnOpen()
    {
        Send("""{"protocol":"json","version":1}""");
        Send($$"""{"type":1,"invocationId":"1","target":"Enter","arguments":["{{Member.Room}}"]}""");
    }

    protected override ValueTask OnMessage(MessageType type, ReadOnlySpan<byte> payload)
    {
        for (int length; (length = payload.IndexOf(End)) >= 0; payload = payload[(length + 1)..])
            OnRecord(payload[..length]);
        return default;
    }

    protected override void Say(ReadOnlySpan<byte> text) => Send($$"""{"type":1,"target":"Say","arguments":["{{Encoding.ASCII.GetString(text)}}"]}""");

    private void OnRecord(ReadOnlySpan<byte> record)
    {
        var before = """{"type":1,"target":"Said","arguments":[" """.Trim();
        if (record.StartsWith("""{"type":1,"""u8))
            Hear(record.Slice(before.Length, TextLength));
        else if (record.StartsWith("""{"type":3,"""u8))
            SetReady();
    }

    private void Send(string record) => Connection.Send(MessageType.Text, [.. Encoding.UTF8.GetBytes(record), End]);
}
