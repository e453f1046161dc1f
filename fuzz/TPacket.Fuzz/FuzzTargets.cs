using TPacket.Fuzz.Targets;

namespace TPacket.Fuzz;

/// <summary>The targets: all code that reads bytes from a peer.</summary>
public static class FuzzTargets
{
    public static IReadOnlyDictionary<string, Func<IFuzzTarget>> All { get; } = new SortedDictionary<string, Func<IFuzzTarget>>(StringComparer.Ordinal)
    {
        ["extensions"] = static () => new ExtensionsTarget(),
        ["follower"] = static () => new FollowerTarget(),
        ["frames"] = static () => new FramesTarget(),
        ["inflater"] = static () => new InflaterTarget(),
        ["packets"] = static () => new PacketsTarget(),
        ["peers"] = static () => new PeersTarget(),
        ["requests"] = static () => new RequestsTarget(),
        ["responses"] = static () => new ResponsesTarget(),
        ["session"] = static () => new SessionTarget(),
    };
}
