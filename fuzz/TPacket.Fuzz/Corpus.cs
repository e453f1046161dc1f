using System.Security.Cryptography;

namespace TPacket.Fuzz;

/// <summary>A folder of inputs. The name of each file is a hash of its content.</summary>
public static class Corpus
{
    /// <summary>Reads every input of a folder. Returns none if the folder does not exist.</summary>
    public static IEnumerable<byte[]> Read(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes) : [];

    /// <summary>Writes an input.</summary>
    /// <returns>The file's path.</returns>
    public static string Write(string folder, byte[] input)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(input))[..16]);
        File.WriteAllBytes(path, input);
        return path;
    }
}
