using TPacket.Server;

namespace TPacket.Testing.Tests.Rules.Broken;

/// <summary>A list of names; the command is the event.</summary>
public abstract class NameRules() : RoomRules<Names, NameEvent, NameEvent>("names", 1, new JsonPayloadSerializer(NameJson.Default))
{
    public override Names Start(RulesStart start) => new();

    public override Decision<NameEvent> Decide(Names state, NameEvent command, RoomMember who, DateTimeOffset time) => command;

    /// <summary>A command that a member might send.</summary>
    public static NameEvent Draw(Random random, Names state) => new($"name {random.Next(6)}");

    protected static Names Copy(Names state) => new() { Entries = new HashSet<string>(state.Entries), First = state.First, Hidden = state.Hidden };

    protected static void Toggle(Names state, string name)
    {
        if (!state.Entries.Remove(name))
            state.Entries.Add(name);
    }
}
