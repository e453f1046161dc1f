using System.Globalization;
using System.Text;

namespace TPacket.WebSockets.Tests;

/// <summary>Data to compress, which depends on the length only.</summary>
internal static class Samples
{
    private const string Words =
        "hello what room is this anybody here the a to and of in game server join leave lol good night see you later message again never mind who said that";

    public static byte[] Text(int length)
    {
        var random = new Random(length);
        var words = Words.Split(' ');
        var text = new StringBuilder();
        while (text.Length < length)
            text.Append(words[random.Next(words.Length)]).Append(random.Next(10) == 0 ? ", " : " ");
        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }

    /// <summary>Returns records as an application sends them, truncated at the length.</summary>
    public static byte[] Json(int length)
    {
        var random = new Random(length);
        var words = Words.Split(' ');
        var json = new StringBuilder("[");
        while (json.Length < length)
        {
            var (user, text) = (words[random.Next(words.Length)], words[random.Next(words.Length)]);
            json.Append(CultureInfo.InvariantCulture, $$"""{"id":{{random.Next(100_000)}},"user":"{{user}}","room":{"name":"lobby","members":[{{random.Next(100)}},7]},"text":"{{text}}"},""");
        }

        return Encoding.ASCII.GetBytes(json.ToString(0, length));
    }

    public static byte[] Noise(int length)
    {
        var noise = new byte[length];
        new Random(length).NextBytes(noise);
        return noise;
    }

    /// <summary>Returns noise that repeats at increasing distances, up to beyond a compressor's window.</summary>
    public static byte[] Echoes(int longest)
    {
        var noise = Noise(longest);
        var echoes = new List<byte>(noise);
        for (var distance = 17; distance <= longest; distance += 1 + (distance / 4))
        {
            // Long enough for a block with its own codes.
            echoes.AddRange(Noise(distance));
            echoes.AddRange(noise.AsSpan(0, Math.Max(16, distance / 8)));
        }

        return [.. echoes];
    }
}
