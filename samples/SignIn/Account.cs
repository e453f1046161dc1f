namespace SignIn;

/// <summary>Somebody who may sign in.</summary>
internal sealed class Account
{
    /// <summary>The name, which is also the nick.</summary>
    public string Name { get; set; } = "";

    /// <summary>The password's hash, as the program's command <c>hash</c> prints it.</summary>
    public string PasswordHash { get; set; } = "";

    /// <summary>The roles.</summary>
    public IList<string> Roles { get; } = [];
}
