using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server;

namespace CustomCommands;

/// <summary>
/// Rejects a message that repeats the user's last message within a time. The server's own setting <c>TPacket:PacketsPerSecond</c> limits how
/// much a user may send.
/// </summary>
internal sealed class RepeatFilter(TimeProvider timeProvider, IOptions<RepeatOptions> options) : IPacketFilter
{
    private readonly RepeatOptions _options = options.Value;

    public ValueTask InvokeAsync(CommandContext context, PacketDelegate next)
    {
        if (context.Command != (int)PacketCommand.NewMsg)
            return next(context);
        // A user's packets are handled one at a time, so the user's data needs no lock.
        var last = context.User.Items.GetOrAdd<LastMessage>();
        var now = timeProvider.GetTimestamp();
        var repeats = last.Text is { } text && context.Data.Span.SequenceEqual(text) && timeProvider.GetElapsedTime(last.At, now) < _options.Window;
        (last.Text, last.At) = (context.Data.ToArray(), now);
        if (!repeats)
            return next(context);
        context.ReplyError(PacketErrorCode.Refused, "You have just said that.");
        return ValueTask.CompletedTask;
    }

    /// <summary>A user's last message and its time.</summary>
    private sealed class LastMessage
    {
        public byte[]? Text { get; set; }

        public long At { get; set; }
    }
}
