namespace TPacket.Server.Options;

/// <summary>How a setting is written.</summary>
internal enum SettingKind
{
    /// <summary>One value.</summary>
    Value,

    /// <summary>A time; a number alone is seconds.</summary>
    Time,

    /// <summary>A list of values; one text has them all, with commas between.</summary>
    List,

    /// <summary>A list of objects with settings of their own.</summary>
    Objects,

    /// <summary>Settings that something else reads.</summary>
    Section,
}
