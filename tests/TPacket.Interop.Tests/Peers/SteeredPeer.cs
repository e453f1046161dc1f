namespace TPacket.Interop.Tests.Peers;

/// <summary>A connection of a program that is steered with lines.</summary>
internal sealed class SteeredPeer(Steering steering, int id) : Peer
{
    public int Id => id;

    public override Task SendAsync(Message message) => DoAsync(message.Words);

    public override Task CloseAsync(int status, string reason) => DoAsync($"close {status} {reason}".TrimEnd());

    public override async Task SendFragmentsAsync(Message message, params int[] ends)
    {
        var from = 0;
        foreach (var end in ends)
        {
            await SendFrameAsync(message, from, end, "more");
            from = end;
        }

        await SendFrameAsync(message, from, message.Length, "last");
    }

    /// <summary>Sends some bytes of a message as a frame, as the last one or with more to come.</summary>
    public Task SendFrameAsync(Message message, int from, int to, string place) => DoAsync($"frame {message.Words} {from} {to} {place}");

    public override Task VanishAsync() => DoAsync("vanish");

    public Task DoAsync(string words)
    {
        steering.Write($"{id} {words}");
        return Task.CompletedTask;
    }
}
