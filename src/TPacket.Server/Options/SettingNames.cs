using Microsoft.Extensions.Configuration;

namespace TPacket.Server.Options;

/// <summary>Finds unknown names in the configuration, and suggests the setting that was probably meant.</summary>
internal static class SettingNames
{
    /// <summary>Adds a message for each name that is not in the schema.</summary>
    public static void Check(IConfigurationSection section, SettingsSchema schema, List<string> failures)
    {
        foreach (var child in section.GetChildren())
        {
            if (!schema.TryFind(child.Key, out var kind))
            {
                failures.Add($"{child.Path} is not a setting. Did you mean {ConfigurationPath.Combine(section.Path, Nearest(child.Key, schema.Names))}?");
                continue;
            }

            foreach (var part in kind == SettingKind.Section ? [] : child.GetChildren())
            {
                if (kind is SettingKind.Value or SettingKind.Time)
                    failures.Add($"{part.Path} is not a setting: {child.Path} takes a single value.");
                else if (kind == SettingKind.Objects && part.Value is { Length: > 0 })
                    failures.Add($"{part.Path} must have settings, such as {ConfigurationPath.Combine(child.Path, "0", schema.ObjectsOf(child.Key)!.Names.First())}, but is {part.Value}.");
                else if (kind == SettingKind.Objects)
                    Check(part, schema.ObjectsOf(child.Key)!, failures);
            }

            if (kind == SettingKind.Objects && child.Value is { Length: > 0 } text)
                failures.Add($"{child.Path} must be a list, but is {text}.");
        }
    }

    /// <summary>Returns the name with the fewest edits; the first of several.</summary>
    private static string Nearest(string name, IEnumerable<string> names) => names.MinBy(known => Distance(name.ToUpperInvariant(), known.ToUpperInvariant()))!;

    /// <summary>Returns the edit distance: the number of inserted, removed, replaced and transposed characters.</summary>
    private static int Distance(string from, string to)
    {
        var rows = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
        {
            for (var j = 0; j <= to.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }

                var replaced = rows[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[from.Length, to.Length];
    }
}
