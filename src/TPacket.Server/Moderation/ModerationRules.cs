using System.Collections.Immutable;
using TPacket.Protocol;

namespace TPacket.Server.Moderation;

/// <summary>
/// The bans and mutes, as the state of a room that no user can enter. The store keeps and shares them like any room (docs/decisions/0025-moderation.md).
/// </summary>
internal sealed class ModerationRules(ModerationOptions options)
    : RoomRules<ModerationState, ModerationChange, ModerationChange>("tpacket.moderation", version: 1, new JsonPayloadSerializer(ModerationJson.Default))
{
    /// <summary>The name of the room. Users cannot enter the room, because SET_ROOM refuses names with control characters.</summary>
    public const string Room = "\u0001moderation";

    /// <summary>The command of the room's events, which no client receives.</summary>
    public const int Command = 39;

    public override ModerationState Start(RulesStart start) => new(ImmutableDictionary<string, Sanction>.Empty);

    public override Decision<ModerationChange> Decide(ModerationState state, ModerationChange command, RoomMember who, DateTimeOffset time)
    {
        var isThere = state.Entries.ContainsKey(command.Key!);
        if (command.Entry is null)
            return isThere ? command : Nothing;
        return isThere || state.Entries.Count < options.MaxEntries ? command : Refuse($"The maximum of {options.MaxEntries} bans and mutes is reached.");
    }

    public override ModerationState Evolve(ModerationState state, in RulesEvent<ModerationChange> happened) => happened.Event switch
    {
        { EndedAt: { } time } => new ModerationState(state.Entries.RemoveRange(state.Entries.Where(entry => entry.Value.Until <= time).Select(static entry => entry.Key))),
        { Key: { } key, Entry: { } entry } => new ModerationState(state.Entries.SetItem(key, entry)),
        { Key: { } key } => new ModerationState(state.Entries.Remove(key)),
        _ => state,
    };

    public override DateTimeOffset? WakeAt(ModerationState state) => state.Entries.Values.Min(static entry => entry.Until);

    public override Decision<ModerationChange> Wake(ModerationState state, DateTimeOffset time) => new ModerationChange(null, null, time);
}
