using System.Security.Cryptography;
using System.Text;

namespace TPacket.Server.Redis.Scripts;

/// <summary>A Lua script of this library, with the functions that all of them share.</summary>
internal sealed class Script
{
    private static readonly string _prelude = ReadText("prelude");
    private static int _count;

    private Script(string name)
    {
        Text = _prelude + ReadText(name);
#pragma warning disable CA5350 // Redis names scripts so.
        Hash = SHA1.HashData(Encoding.UTF8.GetBytes(Text));
#pragma warning restore CA5350
        Index = _count++;
    }

    /// <summary>How many scripts there are.</summary>
    public static int Count => _count;

    public static Script Append { get; } = new("append");

    public static Script Open { get; } = new("open");

    public static Script Close { get; } = new("close");

    public static Script Read { get; } = new("read");

    public static Script Heads { get; } = new("heads");

    public static Script Enter { get; } = new("enter");

    public static Script Renew { get; } = new("renew");

    public static Script Resign { get; } = new("resign");

    public static Script Lapsed { get; } = new("lapsed");

    public static Script Fence { get; } = new("fence");

    public static Script SessionAdd { get; } = new("session-add");

    public static Script SessionUpdate { get; } = new("session-update");

    public static Script SessionResume { get; } = new("session-resume");

    public static Script SessionEnd { get; } = new("session-end");

    public static Script SessionAdopt { get; } = new("session-adopt");

    public static Script SessionAssert { get; } = new("session-assert");

    public static Script NickReserve { get; } = new("nick-reserve");

    public static Script NickRelease { get; } = new("nick-release");

    public static Script Ask { get; } = new("ask");

    public static Script Raise { get; } = new("raise");

    public static Script Reserve { get; } = new("reserve");

    /// <summary>The text, for EVAL.</summary>
    public string Text { get; }

    /// <summary>The hash by which EVALSHA knows it.</summary>
    public byte[] Hash { get; }

    /// <summary>Its place in tables of scripts.</summary>
    public int Index { get; }

    private static string ReadText(string name)
    {
        using var stream = typeof(Script).Assembly.GetManifestResourceStream($"TPacket.Server.Redis.Scripts.{name}.lua")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
