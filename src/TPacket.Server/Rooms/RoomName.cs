using System.Text;
using TPacket.Server.Nicks;

namespace TPacket.Server.Rooms;

/// <summary>Validates the names of rooms. The server compares names ordinally, so names that look alike belong to different rooms.</summary>
internal static class RoomName
{
    /// <summary>Returns whether a name is reserved for rooms of the engine.</summary>
    public static bool IsOfEngine(string name) => name.StartsWith('\u0001');

    /// <summary>Returns whether a name has a visible character, and neither control characters nor noncharacters.</summary>
    public static bool IsValid(string name)
    {
        foreach (var rune in name.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || Characters.IsNoncharacter(rune.Value))
                return false;
        }

        return Characters.IsVisible(name);
    }

    /// <exception cref="ArgumentException">The name is not valid, or longer than the limit.</exception>
    public static void ThrowIfInvalid(string name, int maxBytes)
    {
        if (Encoding.UTF8.GetByteCount(name) > maxBytes || !IsValid(name))
            throw new ArgumentException($"A room name must have a visible character, no control characters and at most {maxBytes} bytes of UTF-8.", nameof(name));
    }
}
