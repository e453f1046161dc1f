using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server;

namespace CustomCommands;

/// <summary>Refuses what a user sends beyond a number of packets in a window of time. Every packet counts, whatever its command.</summary>
internal sealed class RateLimitFilter(TimeProvider timeProvider, IOptions<RateLimitOptions> options) : IPacketFilter
{
    private readonly RateLimitOptions _options = options.Value;

    // Forgets a user with its connection.
    private readonly ConditionalWeakTable<IUser, Allowance> _allowances = [];

    public ValueTask InvokeAsync(CommandContext context, PacketDelegate next)
    {
        // The packets of one user come one at a time, so an allowance needs no lock.
        var allowance = _allowances.GetValue(context.User, _ => new Allowance(timeProvider.GetTimestamp()));
        if (timeProvider.GetElapsedTime(allowance.Since) >= _options.Window)
            allowance.Renew(timeProvider.GetTimestamp());
        if (++allowance.Used <= _options.Packets)
            return next(context);
        context.ReplyError(PacketErrorCode.Refused, "You send too much. Wait a little.");
        return ValueTask.CompletedTask;
    }

    /// <summary>What a user has sent in its window.</summary>
    private sealed class Allowance(long since)
    {
        public long Since { get; private set; } = since;

        public int Used { get; set; }

        public void Renew(long now)
        {
            Since = now;
            Used = 0;
        }
    }
}
