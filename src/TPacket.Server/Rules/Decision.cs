using System.Diagnostics.CodeAnalysis;
using TPacket.Protocol;

namespace TPacket.Server;

/// <summary>The decision of rules about a command: events, nothing (the default value), or a refusal.</summary>
/// <typeparam name="TEvent">The type of the events.</typeparam>
public readonly record struct Decision<TEvent>
    where TEvent : class
{
    private readonly TEvent[]? _events;

    internal Decision(TEvent[] events)
    {
        ArgumentNullException.ThrowIfNull(events);
        if (Array.Exists(events, static decided => decided is null))
            throw new ArgumentException("Events must not be null.", nameof(events));
        _events = events;
    }

    internal Decision(string why, PacketErrorCode code)
    {
        ArgumentNullException.ThrowIfNull(why);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((int)code, 0, nameof(code));
        if (code is PacketErrorCode.Unknown or PacketErrorCode.RateLimited)
            throw new ArgumentOutOfRangeException(nameof(code), code, "The code is reserved for commands that the client may repeat.");
        (Refusal, Code) = (why, code);
    }

    /// <summary>The events in their order; empty for nothing or a refusal.</summary>
    public IReadOnlyList<TEvent> Events => _events ?? [];

    /// <summary>The reason of a refusal; null if the command is not refused.</summary>
    public string? Refusal { get; }

    /// <summary>The error code of a refusal.</summary>
    public PacketErrorCode Code { get; }

    /// <summary>Whether the command is refused.</summary>
    [MemberNotNullWhen(true, nameof(Refusal))]
    public bool IsRefused => Refusal is not null;

    /// <summary>
    /// The latest time of the events by the store's clock. If this time has passed when the store appends, the rules decide again. Null for no limit.
    /// </summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>Creates a decision of one event.</summary>
    [SuppressMessage("Usage", "CA2225", Justification = "Rules write Then(event) instead.")]
    public static implicit operator Decision<TEvent>(TEvent decided) => new([decided]);
}
