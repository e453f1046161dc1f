namespace Operations;

/// <summary>The account of the operator.</summary>
internal sealed class OperatorOptions
{
    /// <summary>The name.</summary>
    public string Name { get; set; } = "operator";

    /// <summary>The password. Without a password, the admin page is closed.</summary>
    public string Password { get; set; } = "";
}
