using System.Security.Cryptography;
using System.Text;

namespace TPacket.Server.Redis.Scripts;

/// <summary>A Lua script of this library, preceded by the functions in prelude.lua.</summary>
internal sealed class Script
{
    private static readonly string _prelude = ReadText("prelude");
    private static int _count;

    private Script(string name)
    {
        Text = _prelude + ReadText(name);
#pragma warning disable CA5350 // Redis identifies scripts by their SHA-1.
        Hash = SHA1.HashData(Encoding.UTF8.GetBytes(Text));
#pragma warning restore CA5350
        Index = _count++;
    }

    /// <summary>The number of scripts.</summary>
    public static int Count => _count;

    public static Script Append { get; } = new("append");

    public static Script Open { get; } = new("open");

    public static Script Close { get; } = new("close");

    public static Script Read { get; } = new("read");

    public static Script Heads { get; } = new("heads");

    public static Script LeaseAcquire { get; } = new("lease-acquire");

    public static Script LeaseRenew { get; } = new("lease-renew");

    public static Script LeaseRelease { get; } = new("lease-release");

    public static Script LeaseExpired { get; } = new("lease-expired");

    public static Script LeaseFence { get; } = new("lease-fence");

    public static Script SessionAdd { get; } = new("session-add");

    public static Script SessionUpdate { get; } = new("session-update");

    public static Script SessionResume { get; } = new("session-resume");

    public static Script SessionEnd { get; } = new("session-end");

    public static Script SessionAdopt { get; } = new("session-adopt");

    public static Script SessionRestore { get; } = new("session-restore");

    public static Script NickReserve { get; } = new("nick-reserve");

    public static Script NickRelease { get; } = new("nick-release");

    public static Script Ask { get; } = new("ask");

    public static Script UserIdsRaise { get; } = new("user-ids-raise");

    public static Script UserIdsReserve { get; } = new("user-ids-reserve");

    /// <summary>The text that EVAL takes.</summary>
    public string Text { get; }

    /// <summary>The hash that EVALSHA takes.</summary>
    public byte[] Hash { get; }

    /// <summary>The index, from 0 to <see cref="Count"/> - 1.</summary>
    public int Index { get; }

    private static string ReadText(string name)
    {
        using var stream = typeof(Script).Assembly.GetManifestResourceStream($"TPacket.Server.Redis.Scripts.{name}.lua")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
