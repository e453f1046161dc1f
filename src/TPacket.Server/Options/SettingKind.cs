namespace TPacket.Server.Options;

/// <summary>The kind of value of a setting.</summary>
internal enum SettingKind
{
    /// <summary>A single value.</summary>
    Value,

    /// <summary>A time span; a plain number is seconds.</summary>
    Time,

    /// <summary>A list of values, which may be written as comma-separated text.</summary>
    List,

    /// <summary>A list of objects with settings.</summary>
    Objects,

    /// <summary>A section that another component reads.</summary>
    Section,
}
