# Completions of marketsnap for PowerShell: marketsnap completions powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName marketsnap -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition -or ($_.Extent.EndOffset -eq $cursorPosition -and $wordToComplete -eq '') })
    $words = @($before | ForEach-Object { if ($_.Value) { $_.Value } else { $_.Extent.Text } })
    $index = $words.Count
    # An empty word is lost on its way to a native program: it is left out, and its place alone is told.
    if ($wordToComplete -ne '') { $words += $wordToComplete.Trim("'", '"') }
    $results = & marketsnap complete powershell $index -- @words 2>$null
    foreach ($line in $results) {
        $value, $help = $line -split "`t", 2
        if (-not $help) { $help = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
    }
}
